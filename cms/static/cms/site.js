/* On every page: an access log that saw a script for the report form alone would tell who opened the form.
   Fills in the point of a report where the browser offers one and the reader asks for it. The form needs no script. */
const button = document.getElementById("here");
const said = document.getElementById("here-said");
const put = (name, degrees) => {
  document.getElementById(`id_${name}`).value = degrees.toFixed(4); // about ten metres
};
if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put("latitude", coords.latitude);
        put("longitude", coords.longitude);
        said.textContent = "";
      },
      () => {
        said.textContent = button.dataset.failed;
      },
    ),
  );
}
