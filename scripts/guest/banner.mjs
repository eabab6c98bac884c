// What the guest draws on its screen: coloured cells, which show on a text screen and on a frame buffer alike.
const escape = (code) => `\x1b[${code}m`;
const background = { ' ': 40, g: 42, G: 102, b: 44, c: 46, y: 43, w: 47 };

/** A glass dome with plants and a screen in it. */
const picture = [
  '            wwwwwwwwwwww            ',
  '        wwww            wwww        ',
  '      ww     bbbbbbbbbbb    ww      ',
  '     w       bcccccccccb      w     ',
  '    w   g    bcccccccccb  g    w    ',
  '    w  ggg   bcccccccccb ggg   w    ',
  '    w   g    bbbbbbbbbbb  g    w    ',
  '    w   gg        b      gg    w    ',
  '    gggggggggggggggggggggggggggg    ',
  '    yyyyyyyyyyyyyyyyyyyyyyyyyyyy    ',
];

export function banner() {
  const rows = picture.map(
    (row) => `  ${row.replace(/(.)\1*/g, (run) => escape(background[run[0]]) + ' '.repeat(run.length))}${escape(0)}`,
  );
  const words = [
    `  ${escape('1;32')}Small Linux${escape(0)}, a guest to try things with.`,
    '  It lives in memory: whatever you do here is gone after a restart.',
    '  Try:  ip addr   ping 10.0.2.2   free   poweroff',
  ];
  return `\x1b[2J\x1b[H\n${rows.join('\n')}\n\n${words.join('\n')}\n\n`;
}
