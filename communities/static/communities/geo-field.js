/* The map field of the office: a custom element, so that it also wakes up in rows added later.
   It holds GeoJSON in its textarea. A point has latitude and longitude boxes, kept in step both ways. */
(function () {
  'use strict';
  if (customElements.get('geo-field')) return;

  const MULTI = {multipolygon: 'MultiPolygon', multilinestring: 'MultiLineString'};

  /* django-leaflet's own store loses the holes of polygons: this one writes what was drawn. */
  const Store = L.FieldStore.extend({
    _serialize(layer) {
      const shapes = layer.getLayers().map((each) => each.toGeoJSON(this.options.precision).geometry);
      if (!shapes.length) return '';
      const multi = MULTI[this.options.geom_type.toLowerCase()];
      if (!multi) return JSON.stringify(shapes[shapes.length - 1]);
      const parts = shapes.flatMap((s) => (s.type === multi ? s.coordinates : [s.coordinates]));
      return JSON.stringify({type: multi, coordinates: parts});
    },
    save(layer) {
      L.FieldStore.prototype.save.call(this, layer);
      this.formfield.dispatchEvent(new Event('change', {bubbles: true}));
    },
  });

  /* No district is a rectangle: a boundary is drawn point by point. */
  const Field = L.GeometryField.extend({
    _controlDrawOptions() {
      const options = L.GeometryField.prototype._controlDrawOptions.call(this);
      options.draw.rectangle = false;
      return options;
    },
  });

  function number(text) {
    const value = text.trim().replace(',', '.').replace('−', '-');
    return /^[+-]?\d+(\.\d*)?$/.test(value) ? Number(value) : NaN;
  }

  /* The tools' own English words make way for the page's. */
  function speak(own, words) {
    for (const [name, said] of Object.entries(words)) {
      if (typeof said === 'string') own[name] = said;
      else speak(own[name], said);
    }
  }

  class GeoField extends HTMLElement {
    connectedCallback() {
      if (document.readyState === 'loading') {
        document.addEventListener('DOMContentLoaded', () => this.connectedCallback(), {once: true});
        return;
      }
      if (this.map || !this.isConnected) return;
      this.options = JSON.parse(this.dataset.options);
      this.store = this.querySelector('textarea');
      this.drawMap();
      if (this.querySelector('.geo-field__lat')) this.wireNumbers();
    }

    drawMap() {
      const box = this.querySelector('.geo-field__map');
      const {center, zoom, words} = this.options;
      speak(L.drawLocal, words);
      this.map = window.TrackerMap
        ? window.TrackerMap.create(box, {center, zoom})
        : L.map(box, {center, zoom, attributionControl: false});
      this.field = new Field({
        ...this.options, precision: 6, fieldid: this.dataset.fieldid, field_store_class: Store,
      });
      try {
        this.field.addTo(this.map);
      } catch (problem) { // a shape that was refused: shown as empty, the form says why
        this.store.value = '';
      }
      this.field.drawnItems.setStyle({color: '#22395c', weight: 2, fillOpacity: 0.1});
      new ResizeObserver(() => this.map.invalidateSize()).observe(box); // collapsed panels, tabs
    }

    wireNumbers() {
      this.lat = this.querySelector('.geo-field__lat');
      this.lon = this.querySelector('.geo-field__lon');
      this.error = this.querySelector('.geo-field__error');
      this.showNumbers();
      this.store.addEventListener('change', () => { if (!this.typing) this.showNumbers(); });
      for (const input of [this.lat, this.lon]) {
        input.addEventListener('change', () => this.readNumbers());
      }
    }

    showNumbers() {
      const point = this.store.value ? JSON.parse(this.store.value) : null;
      this.lon.value = point ? point.coordinates[0] : '';
      this.lat.value = point ? point.coordinates[1] : '';
      this.error.hidden = true;
    }

    readNumbers() {
      const empty = !this.lat.value.trim() && !this.lon.value.trim();
      const half = !empty && (!this.lat.value.trim() || !this.lon.value.trim());
      if (half) return; // wait for the second box
      const lat = number(this.lat.value), lon = number(this.lon.value);
      const good = empty || (Math.abs(lat) <= 90 && Math.abs(lon) <= 180);
      this.error.hidden = good;
      if (!good) return;
      this.field.drawnItems.clearLayers();
      if (!empty) {
        this.field.drawnItems.addLayer(L.marker([lat, lon]));
        this.map.setView([lat, lon], Math.max(this.map.getZoom(), 10));
      }
      this.typing = true;
      this.field.store.save(this.field.drawnItems);
      this.typing = false;
    }
  }
  customElements.define('geo-field', GeoField);
})();
