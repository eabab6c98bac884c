// Rules that need to know types, and the two that keep Electron where it belongs.
// Import direction between folders is dependency-cruiser.cjs; layout of the text is biome.json.
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const electronOnly = ['src-main/index.ts', 'src-main/window/**', 'src-main/ipc/**'];

const noBrowserWindow = {
  selector: "NewExpression[callee.name='BrowserWindow'], NewExpression[callee.property.name='BrowserWindow']",
  message: 'Windows are made by createWindow() in src-main/window, which sets their security preferences.',
};

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'out/**', 'dist/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-empty': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src-main/**', 'src-shared/**', 'src-renderer/**'],
    ignores: electronOnly,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'electron',
              message: 'The engine runs in plain Node: only index.ts, window/ and ipc/ know Electron.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src-main/**', 'test/**'],
    ignores: ['src-main/window/**'],
    rules: { 'no-restricted-syntax': ['error', noBrowserWindow] },
  },
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    // A benchmark, a conformance score and a command line print; that is what they are for.
    files: ['test/**', 'scripts/**'],
    rules: { 'no-console': 'off' },
  },
);
