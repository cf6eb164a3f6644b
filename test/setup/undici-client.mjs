// For the project that runs the tests over the other upstream client: test/helpers/chosen-client.ts reads it.
process.env.SLUICE_TEST_CLIENT = 'undici';
