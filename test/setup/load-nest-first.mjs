// Nest is ESM only, and some of its companions are CommonJS that `require` it. Node allows that once the modules are
// evaluated and refuses it while they are still in a cycle, so they are loaded here, before any test file.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
