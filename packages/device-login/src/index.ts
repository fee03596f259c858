export * from './codes/device-code.ts';
export * from './codes/login-id.ts';
export * from './codes/user-code.ts';
export * from './codes/verification.ts';
export * from './login-store.ts';
export * from './outcomes.ts';
