export { simulationOptions } from './options.js';
export { svgPlot } from './report/svg-plot.js';
export { textReport } from './report/text-report.js';
export { simulate } from './run/simulation.js';
export { SimulationInputError } from './simulation-input.error.js';
