// Two dates side by side: a second map over the first, cut off at a line that is dragged.
import { byId } from "./elements.js";

const camera = (map) => ({ center: map.getCenter(), zoom: map.getZoom() });

/// Makes one map follow the other, both ways.
export function follow(first, second) {
  let isFollowing = false;
  const tie = (from, to) => from.on("move", () => {
    if (isFollowing) return;
    isFollowing = true;
    to.jumpTo(camera(from));
    isFollowing = false;
  });
  tie(first, second);
  tie(second, first);
}

/// Cuts the second map off, `part` of the width from the left.
export function showSwipe(part) {
  const percent = 100 * part;
  byId("map-b").style.clipPath = `inset(0 0 0 ${percent}%)`;
  byId("swipe-line").style.left = `${percent}%`;
  byId("tag-a").style.right = `calc(${100 - percent}% + 10px)`;
  byId("tag-b").style.left = `calc(${percent}% + 10px)`;
  byId("swipe").value = percent;
  byId("swipe").setAttribute("aria-valuetext", `${Math.round(percent)} % of the width`);
}

/// `onMove(part, isDone)` is called while line or slider is moved.
export function connectSwipe(onMove) {
  const line = byId("swipe-line");
  const partAt = (event) => {
    const { left, width } = byId("maps").getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  };
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
  });
  line.addEventListener("pointermove", (event) => line.hasPointerCapture(event.pointerId) && onMove(partAt(event), false));
  line.addEventListener("pointerup", (event) => line.hasPointerCapture(event.pointerId) && onMove(partAt(event), true));
  byId("swipe").addEventListener("input", (event) => onMove(event.target.value / 100, false));
  byId("swipe").addEventListener("change", (event) => onMove(event.target.value / 100, true));
}
