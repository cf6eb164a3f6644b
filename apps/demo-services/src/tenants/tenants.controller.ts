import { Controller, Get, NotFoundException, Param } from '@nestjs/common';

interface Tenant {
  id: string;
  name: string;
  plan: 'free' | 'team' | 'enterprise';
}

const TENANTS: readonly Tenant[] = [
  { id: 'acme', name: 'Acme Corporation', plan: 'enterprise' },
  { id: 'globex', name: 'Globex', plan: 'team' },
  { id: 'initech', name: 'Initech', plan: 'free' },
];

@Controller('api/v1/tenants')
export class TenantsController {
  @Get()
  list(): { items: readonly Tenant[]; total: number } {
    return { items: TENANTS, total: TENANTS.length };
  }

  @Get(':id')
  read(@Param('id') id: string): Tenant {
    const tenant = TENANTS.find((candidate) => candidate.id === id);
    if (!tenant) throw new NotFoundException('There is no such tenant.');
    return tenant;
  }
}
