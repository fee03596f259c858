/** Numbers as both reports write them: each kind with one precision and its unit. */

export const whole = (value: number) => Math.round(value).toLocaleString('en');
/** Of a metric, whose unit is in its name. */
export const decimal = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 4 });
export const milliseconds = (value: number) =>
  `${value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms`;
export const seconds = (value: number) => `${value.toFixed(1)} s`;
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
export const percent = (value: number) => `${value.toFixed(1)} %`;
