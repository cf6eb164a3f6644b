// Tests over real sockets and whole processes share the machine with the others. jest takes `testTimeout` only for
// all projects at once, so the patient ones ask here.
import { jest } from '@jest/globals';

jest.setTimeout(30_000);
