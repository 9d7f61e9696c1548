/* The map above a list, and the one of a single row. The list's filters decide what is drawn. */
(function () {
  'use strict';
  if (customElements.get('list-map')) return;

  const INK = '#22395c', PAPER = '#fffdf8';
  const DASHES = {not_demarcated: '8 6', disputed: '1 6'}; // a line that is not agreed is never drawn as if it were

  function fill(words, values) {
    return words.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
  }

  class ListMap extends HTMLElement {
    connectedCallback() {
      if (document.readyState === 'loading') {
        document.addEventListener('DOMContentLoaded', () => this.connectedCallback(), {once: true});
        return;
      }
      if (this.map || !this.isConnected) return;
      const box = this.querySelector('.list-map__map');
      this.words = this.querySelector('.list-map__words');
      const options = {center: [12, 2.8], zoom: 6};
      this.map = window.TrackerMap
        ? window.TrackerMap.create(box, options)
        : L.map(box, {...options, attributionControl: false});
      new ResizeObserver(() => this.map.invalidateSize()).observe(box);
      const own = this.querySelector('script[type="application/json"]');
      if (own) this.draw(JSON.parse(own.textContent));
      if (!this.dataset.url) return;
      this.follow();
      document.addEventListener('w-swap:success', () => this.follow());
    }

    async follow() {
      const url = this.dataset.url.split('?')[0] + window.location.search;
      if (url === this.drawn) return;
      this.drawn = url;
      try {
        const response = await fetch(url, {headers: {'X-Requested-With': 'XMLHttpRequest'}});
        if (!response.ok) throw new Error(response.status);
        const found = await response.json();
        if (url !== this.drawn) return; // a later filter overtook this answer
        this.draw(found);
        this.say(found);
      } catch (problem) {
        this.words.textContent = this.dataset.errorWords;
      }
    }

    draw(shapes) {
      if (this.layer) this.layer.remove();
      this.layer = L.geoJSON(shapes, {
        style: (feature) => this.style(feature),
        pointToLayer: (feature, at) => this.mark(feature, at),
        onEachFeature: (feature, layer) => this.name(feature, layer),
      }).addTo(this.map);
      const bounds = this.layer.getBounds();
      const maxZoom = this.dataset.url ? 11 : 9; // one place alone is shown with what lies around it
      if (bounds.isValid()) this.map.fitBounds(bounds, {maxZoom, padding: [24, 24], animate: false});
    }

    style(feature) {
      if ((feature.geometry || feature).type === 'Point') return {};
      return {color: INK, weight: 2, fillOpacity: 0.08, dashArray: DASHES[(feature.properties || {}).state]};
    }

    /* A state has its shape and its colour; a place without one is a dot. */
    mark(feature, at) {
      const {mark, state, words} = feature.properties || {};
      if (!mark) return L.circleMarker(at, {radius: 6, color: PAPER, weight: 1.5, fillColor: INK, fillOpacity: 1});
      const html = document.createElement('span');
      html.textContent = mark;
      html.className = `map-mark state--${state}`;
      return L.marker(at, {icon: L.divIcon({html, className: '', iconSize: [18, 18]}), title: words, alt: words});
    }

    name(feature, layer) {
      const {label, code, url} = feature.properties || {};
      if (!url) return;
      const link = document.createElement('a');
      link.href = url;
      link.textContent = label === code ? code : `${code} ${label}`;
      const box = document.createElement('div');
      box.append(link);
      if (feature.properties.words) box.append(document.createElement('br'), feature.properties.words);
      layer.bindPopup(box);
    }

    say({total, placed, drawn}) {
      const missing = total - placed;
      const {someWords, allWords, noneWords, cutWords} = this.dataset;
      const lines = [placed === 0 ? noneWords : fill(missing ? someWords : allWords, {missing, total})];
      if (drawn < placed) lines.push(fill(cutWords, {shown: drawn}));
      this.words.textContent = lines.join(' ');
    }
  }
  customElements.define('list-map', ListMap);
})();
