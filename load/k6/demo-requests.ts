/** What the demo services want to be asked, where the shape of a route does not tell. */
export const demoRequests: Readonly<Record<string, { method: string; path: string; body: string | null } | undefined>> =
  {
    // Another version of the same user: the service holds so many users and no more.
    'users-write': {
      method: 'PUT',
      path: '/api/v1/users/u-5',
      body: JSON.stringify({ name: 'Eve Ericsson', email: 'eve@acme.example', role: 'member' }),
    },
    auth: { method: 'GET', path: '/api/v1/auth/me', body: null },
  };
