import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** `/docs`: the control plane as OpenAPI. The document is made when somebody first asks for it. */
export function serveDocs(app: INestApplication): void {
  const options = new DocumentBuilder()
    .setTitle('Sluice control plane')
    .setDescription('Health, readiness and administration of this gateway. Routes of the data plane are not in here.')
    .setVersion('1')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, options), {
    // Beside the page, its own defaults would be paths that nobody guards.
    jsonDocumentUrl: 'docs/json',
    yamlDocumentUrl: 'docs/yaml',
  });
}
