/** The comparison as a picture: plain SVG, drawn from the results alone, so the same results give the same bytes. */
import type { Measured, Results } from './results.ts';

const tools = [
  { key: 'heddle', label: 'Heddle', colour: '#0b7a75', shape: 'circle' },
  { key: 'spin', label: 'SPIN', colour: '#c8553d', shape: 'square' },
  { key: 'tlc', label: 'TLC', colour: '#6c5b9e', shape: 'diamond' },
] as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** One panel: axes, grid, a series of points for each tool. */
interface Panel {
  readonly left: number;
  readonly title: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly isLogarithmic: boolean;
  readonly ticks: readonly number[];
  readonly joined: boolean;
  readonly points: (tool: (typeof tools)[number]['key']) => readonly Point[];
}

const width = 960;
const height = 430;
const plot = { top: 64, bottom: 362, width: 380 } as const;

/** Time from a cold start: against raw states for all models, and against the number of philosophers. */
export function chart({ subjects, date, runs }: Results): string {
  const times = subjects.flatMap(({ heddle, spin, tlc }) =>
    [heddle.cold.wall, spin?.cold.wall, tlc?.cold.wall].filter((time) => time !== undefined),
  );
  const low = 10 ** Math.floor(Math.log10(Math.min(...times)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...times)));
  const states = subjects.map((subject) => subject.states);
  const seats = subjects.filter(({ family }) => family === 'philosophers');
  const panels: readonly Panel[] = [
    {
      left: 76,
      title: 'All models',
      label: 'raw states',
      from: 10 ** Math.floor(Math.log10(Math.min(...states))),
      to: 10 ** Math.ceil(Math.log10(Math.max(...states))),
      isLogarithmic: true,
      ticks: decades(Math.min(...states), Math.max(...states)),
      joined: false,
      points: (tool) => timesOf(subjects, tool, (subject) => subject.states),
    },
    {
      left: 540,
      title: 'Dining philosophers',
      label: 'threads',
      from: Math.min(...seats.map(({ threads }) => threads)) - 0.5,
      to: Math.max(...seats.map(({ threads }) => threads)) + 0.5,
      isLogarithmic: false,
      ticks: seats.map(({ threads }) => threads),
      joined: true,
      points: (tool) => timesOf(seats, tool, (subject) => subject.threads),
    },
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="20" y="26" font-size="16" font-weight="600">From a cold start to the verdict, seconds</text>`,
    ...legend(),
    ...panels.flatMap((panel) => drawn(panel, low, high)),
    `<text x="20" y="${height - 12}" fill="#666" font-size="11">medians of ${runs}, interleaved, ${date}; both axes of the left panel and the times of the right one are logarithmic</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function timesOf(subjects: readonly Measured[], tool: (typeof tools)[number]['key'], x: (subject: Measured) => number): readonly Point[] {
  return subjects.flatMap((subject) => {
    const measured = subject[tool];
    return measured === undefined ? [] : [{ x: x(subject), y: measured.cold.wall }];
  });
}

function legend(): readonly string[] {
  return tools.flatMap(({ label, colour, shape }, index) => {
    const x = 640 + index * 100;
    return [mark(shape, colour, x, 21), `<text x="${x + 12}" y="26">${label}</text>`];
  });
}

function drawn(panel: Panel, low: number, high: number): readonly string[] {
  const { left, from, to, isLogarithmic } = panel;
  const right = left + plot.width;
  const x = (value: number): number => rounded(left + plot.width * (isLogarithmic ? scale(value, from, to) : (value - from) / (to - from)));
  const y = (value: number): number => rounded(plot.bottom - (plot.bottom - plot.top) * scale(value, low, high));
  return [
    `<text x="${left}" y="${plot.top - 12}" font-weight="600">${panel.title}</text>`,
    ...decades(low, high).flatMap((tick) => [
      `<line x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>`,
      `<text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    ...panel.ticks.flatMap((tick) => [
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${plot.top}" y2="${plot.bottom}" stroke="#eee"/>`,
      `<text x="${x(tick)}" y="${plot.bottom + 18}" text-anchor="middle">${short(tick)}</text>`,
    ]),
    `<text x="${right}" y="${plot.bottom + 36}" text-anchor="end" fill="#666">${panel.label}</text>`,
    ...tools.flatMap(({ key, colour, shape }) => {
      const points = panel.points(key);
      const line = points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
      return [
        ...(panel.joined && points.length > 1 ? [`<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`] : []),
        ...points.map((point) => mark(shape, colour, x(point.x), y(point.y))),
      ];
    }),
  ];
}

function mark(shape: (typeof tools)[number]['shape'], colour: string, x: number, y: number): string {
  const look = `fill="${colour}" fill-opacity="0.85"`;
  switch (shape) {
    case 'circle':
      return `<circle cx="${x}" cy="${y}" r="4.5" ${look}/>`;
    case 'square':
      return `<rect x="${x - 4}" y="${y - 4}" width="8" height="8" ${look}/>`;
    case 'diamond':
      return `<path d="M${x} ${y - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z" ${look}/>`;
  }
}

/** Where a value is between two others, on a logarithmic axis. */
function scale(value: number, from: number, to: number): number {
  return Math.log10(value / from) / Math.log10(to / from);
}

/** Powers of ten that a logarithmic axis from the one below `from` to the one above `to` shows. */
function decades(from: number, to: number): readonly number[] {
  const first = Math.floor(Math.log10(from));
  const last = Math.ceil(Math.log10(to));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
}

/** 100000 as 100k. */
function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
