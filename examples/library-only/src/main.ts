import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { settingsFrom } from './settings.js';

const app = await NestFactory.create<NestFastifyApplication>(
  AppModule.with(settingsFrom(process.env)),
  new FastifyAdapter(),
);
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? 3000));
