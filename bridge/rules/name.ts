/** What rules and value tables can be called. */
export const namePattern = /^[a-z0-9]+([-_.][a-z0-9]+)*$/;

export const nameAdvice = 'use lower case words and digits joined by "-", such as "customer-to-crm"';

/** A name as variables of the settings have it: `data-warehouse` is `DATA_WAREHOUSE`. */
export const nameInSettings = (name: string): string => name.toUpperCase().replaceAll(/[-.]/g, '_');
