import { stringify } from 'yaml';

/** Where Prometheus is, for Grafana's `provisioning/datasources`. */
export function dataSources(prometheusUrl: string): string {
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        type: 'prometheus',
        uid: 'prometheus',
        access: 'proxy',
        url: prometheusUrl,
        isDefault: true,
        jsonData: { timeInterval: '15s', httpMethod: 'POST' },
      },
    ],
  });
}

/** Where the dashboards lie, for Grafana's `provisioning/dashboards`. */
export function dashboardProviders(folder: string): string {
  return stringify({
    apiVersion: 1,
    providers: [{ name: 'sluice', folder: 'Sluice', type: 'file', allowUiUpdates: false, options: { path: folder } }],
  });
}
