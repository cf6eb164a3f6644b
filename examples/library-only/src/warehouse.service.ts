import { BadGatewayException, NotFoundException } from '@nestjs/common';

export interface Product {
  readonly id: string;
  readonly stock: number;
}

const TIMEOUT_MS = 1_000;

/** The other service, which fails now and then. */
export class Warehouse {
  constructor(private readonly url: string) {}

  /** @throws NotFoundException, which is an answer; BadGatewayException, which is a failure to the breaker */
  async product(id: string): Promise<Product> {
    const reply = await this.ask(`/products/${encodeURIComponent(id)}`);
    if (reply.status === 404) throw new NotFoundException(`no product is called ${id}`);
    if (!reply.ok) throw new BadGatewayException('the warehouse failed');
    return (await reply.json()) as Product;
  }

  private async ask(path: string): Promise<Response> {
    try {
      return await fetch(this.url + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new BadGatewayException('the warehouse does not answer');
    }
  }
}
