/** The gateway that is asked, without a slash at the end: `-e TARGET=http://localhost:8080`. */
export const target = (__ENV.TARGET ?? 'http://localhost:8080').replace(/\/+$/, '');

/** Where its control plane is, when that has a port of its own: `-e MANAGEMENT=http://localhost:9102`. */
export const management = (__ENV.MANAGEMENT ?? target).replace(/\/+$/, '');
