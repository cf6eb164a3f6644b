/** Token of the secret that signs, a string. */
export const JWT_SECRET = Symbol('JWT_SECRET');
