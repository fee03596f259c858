export * from './result-key.ts';
export * from './sealed-result.ts';
