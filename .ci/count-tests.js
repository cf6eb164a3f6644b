// Reads jest's JSON report and prints "<passed> <failed> <skipped>"; names each skipped test on stderr.
// A file that could not be run at all counts as one failure.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const file of report.testResults) {
  for (const test of file.assertionResults) {
    if (test.status === 'pending' || test.status === 'todo') console.error(`skipped: ${file.name}: ${test.fullName}`);
  }
}
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
console.log(report.numPassedTests, failed, report.numPendingTests + report.numTodoTests);
