/** What a system is for this firm. Rules and owners name roles, never products. */
export type Role = 'erp' | 'crm' | 'psa';
export const roles: readonly Role[] = ['erp', 'crm', 'psa'];
