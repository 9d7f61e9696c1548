/* The gap map: communities as the marks of their state, drawn on a canvas so that thousands stay quick.
 * The table beside it and the list below hold the same numbers; without this script they stand alone. */

const COLOURS = { met: '#2c664a', partly: '#a86a00', unmet: '#9a4519', stale: '#6d675e', unknown: '#6d675e' };
const STATES = ['met', 'partly', 'unmet', 'stale', 'unknown'];
const PAPER = '#fffdf8';
const RADIUS = 7, SMALL = 4.5, CLOSE = 9; // marks grow from zoom CLOSE on

/* Each draws one mark around (x, y). Colour never speaks alone: the shapes differ. */
const DRAW = {
  met(pen, x, y, r) { disc(pen, x, y, r); pen.fill(); },
  partly(pen, x, y, r) {
    ring(pen, x, y, r, []);
    pen.beginPath(); pen.arc(x, y, r, Math.PI / 2, -Math.PI / 2); pen.fill();
  },
  unmet(pen, x, y, r) {
    pen.beginPath(); pen.moveTo(x, y - r * 1.15); pen.lineTo(x + r * 1.15, y + r); pen.lineTo(x - r * 1.15, y + r);
    pen.closePath(); pen.fill(); pen.strokeStyle = PAPER; pen.lineWidth = 1; pen.stroke();
  },
  stale(pen, x, y, r) { ring(pen, x, y, r, [r / 2, r / 2.5]); },
  unknown(pen, x, y, r) {
    ring(pen, x, y, r, r < RADIUS ? null : [1, 3]); // small, the dots would drown the question mark
    write(pen, '?', x, y, Math.max(11, r * 1.6));
  },
};

function disc(pen, x, y, r) { pen.beginPath(); pen.arc(x, y, r, 0, Math.PI * 2); }
function ring(pen, x, y, r, dash) {
  disc(pen, x, y, r);
  const colour = pen.fillStyle;
  pen.fillStyle = PAPER; pen.fill(); pen.fillStyle = colour;
  if (!dash) return;
  pen.setLineDash(dash); pen.lineWidth = 2; pen.strokeStyle = colour; pen.stroke(); pen.setLineDash([]);
}
function write(pen, text, x, y, size) {
  pen.font = `700 ${size}px system-ui, sans-serif`;
  pen.textAlign = 'center'; pen.textBaseline = 'middle';
  pen.fillText(text, x, y + 0.5);
}

/* A cell: its ring is shared out among the states, its most frequent state and its count stand inside. */
function drawCell(pen, x, y, r, counts) {
  ring(pen, x, y, r, null);
  const total = sum(counts);
  let from = -Math.PI / 2;
  counts.forEach((n, i) => {
    const to = from + (n / total) * Math.PI * 2;
    pen.strokeStyle = COLOURS[STATES[i]]; pen.lineWidth = 3;
    pen.setLineDash({ stale: [4, 3], unknown: [1, 3] }[STATES[i]] || []);
    pen.beginPath(); pen.arc(x, y, r, from, to); if (n) pen.stroke();
    from = to;
  });
  pen.setLineDash([]);
  pen.fillStyle = COLOURS[mostOf(counts)];
  DRAW[mostOf(counts)](pen, x, y - r * 0.42, 3.5);
  pen.fillStyle = '#1c1d21';
  write(pen, total, x, y + r * 0.38, 11);
}
function sum(counts) { return counts.reduce((total, n) => total + n, 0); }
function mostOf(counts) { return STATES[counts.indexOf(Math.max(...counts))]; }

/* A canvas circle of Leaflet's, drawn as the mark of a state, or as a cell with its counts. */
const StateMark = L.CircleMarker.extend({
  _updatePath() {
    if (!this._renderer._drawing || this._empty()) return;
    const pen = this._renderer._ctx, { x, y } = this._point, { state, counts } = this.options;
    pen.save();
    pen.fillStyle = COLOURS[state];
    if (counts) drawCell(pen, x, y, this._radius, counts);
    else DRAW[state](pen, x, y, this._radius);
    pen.restore();
  },
});

class GapMap {
  constructor(section) {
    this.section = section;
    this.box = section.querySelector('.gap-map__map');
    this.words = JSON.parse(document.getElementById('gap-words').textContent);
    section.classList.add('gap-map--drawn');
    this.map = window.TrackerMap ? window.TrackerMap.create(this.box) : L.map(this.box, { center: [12, 2.8], zoom: 6 });
    this.renderer = L.canvas({ padding: 0.3, tolerance: 4 });
    this.layer = L.layerGroup().addTo(this.map);
    this.map.on('zoomend', () => this.layer.eachLayer((mark) => mark.options.counts || mark.setRadius(this.radius())));
  }

  async start() {
    const found = await this.fetch('');
    if (!found) return;
    if (found.bounds) {
      const [west, south, east, north] = found.bounds;
      this.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 11, animate: false });
    }
    this.draw(found);
    if (found.cells) this.map.on('moveend', () => this.refresh());
  }

  async refresh() {
    const view = this.map.getBounds().pad(0.1);
    const found = await this.fetch(`&box=${[view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((n) => n.toFixed(4))}`);
    if (found) this.draw(found);
  }

  async fetch(more) {
    const asked = (this.asked = this.section.dataset.url + more);
    try {
      const answer = await fetch(asked, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      return asked === this.asked ? found : null; // a later move overtook this answer
    } catch (problem) {
      this.say(this.words.failed);
      return null;
    }
  }

  draw({ marks, cells }) {
    this.layer.clearLayers();
    if (cells) cells.forEach((cell) => this.drawCell(cell));
    else marks.pk.forEach((_pk, i) => this.drawMark(marks, i));
    this.say(cells ? this.words.cells : '');
  }

  radius() { return this.map.getZoom() < CLOSE ? SMALL : RADIUS; }

  drawMark(marks, i) {
    const at = [marks.y[i], marks.x[i]];
    new StateMark(at, { renderer: this.renderer, radius: this.radius(), state: marks.state[i] })
      .bindPopup(() => this.popup(marks, i)).addTo(this.layer);
  }

  drawCell([x, y, ...counts]) {
    const count = sum(counts);
    const several = count > 1 ? { counts, radius: 11 + Math.min(7, Math.log2(count)) } : { radius: this.radius() };
    new StateMark([y, x], { renderer: this.renderer, state: mostOf(counts), ...several })
      .bindPopup(() => this.cellPopup(counts)).addTo(this.layer);
  }

  popup(marks, i) {
    const { states, reasons } = this.words;
    const link = document.createElement('a');
    link.href = this.section.dataset.communityUrl.replace(/\/0\//, `/${marks.pk[i]}/`);
    link.textContent = `${marks.name[i]} (${marks.code[i]})`;
    const lines = [`${states[marks.state[i]]}: ${reasons[marks.why[i]]}`];
    for (const side of ['near', 'across']) {
      if (marks[side][i] !== null) lines.push(this.words[side].replace('%(km)s', marks[side][i].toLocaleString(document.documentElement.lang)));
    }
    return this.block([link, ...lines]);
  }

  cellPopup(counts) {
    return this.block(counts.flatMap((n, i) => (n ? [`${this.words.states[STATES[i]]}: ${n}`] : [])));
  }

  block(lines) {
    const block = document.createElement('div');
    for (const line of lines) {
      const row = document.createElement('div');
      row.append(line);
      block.append(row);
    }
    return block;
  }

  say(text) { this.section.querySelector('.gap-map__words').textContent = text; }
}

const section = document.querySelector('.gap-map');
if (section) new GapMap(section).start();
