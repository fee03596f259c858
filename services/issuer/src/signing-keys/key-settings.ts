import { listVariable, secretTextVariable, type SettingList, textVariable } from '@ravi/runtime';

/** Where the signing keys are: the settings that the key tool shares. */
export const keySettings = {
  SIGNING_KEY_DIR: {
    parser: textVariable,
    otherwise: 'made in development',
    requiredInProduction: 'make a key with: npm run keys -- add',
    orElse: ['SIGNING_KEY_FILES', 'SIGNING_KEYS'],
    help: 'The private keys, PKCS#8 PEM, EC P-256 (ES256): every `*.pem` of this directory. One of SIGNING_KEY_DIR, SIGNING_KEY_FILES and SIGNING_KEYS is required in production; keys from all of them are used. Make a key with: `npm run keys -- add`.',
  },
  SIGNING_KEY_FILES: {
    parser: listVariable,
    otherwise: 'none',
    help: 'Private keys in files: `file,file`.',
  },
  SIGNING_KEYS: {
    parser: secretTextVariable,
    otherwise: 'none',
    secret: true,
    help: "Private keys as the PEM text itself, one after the other; `\\n` stands for a line's end.",
  },
} satisfies SettingList;
