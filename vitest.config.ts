import { defineConfig } from 'vitest/config';

/** Asks Odoo itself, without a bridge; so long that it has a turn of its own. */
const connector = 'test/e2e/odoo-connector.test.ts';

const withOdoo = {
  // Each file has an Odoo of its own; one after the other keeps two cores from starving them.
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    // One for each core: the tests wait for the processor, hardly ever for each other.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...withOdoo,
          name: 'odoo',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [connector],
        },
      },
      { test: { ...withOdoo, name: 'odoo-connector', include: [connector] } },
    ],
  },
});
