// ical.js as an independent reader: an iCalendar text on stdin, {events: [{uid, start, end}], errors: [...]} on stdout.
// Instants are worked out from the text's own VTIMEZONE components.
import { readFileSync } from "node:fs";
import ICAL from "../vendor/ical.js/ical.min.mjs";

ICAL.design.strict = true;
const out = { events: [], errors: [] };

function instant(property, zones) {
  if (!property) return null;
  const value = property.getFirstValue();
  if (value.isDate) return value.toString();
  const name = property.getParameter("tzid");
  if (name) {
    if (!zones[name]) {
      out.errors.push(`no VTIMEZONE for ${name}`);
      return null;
    }
    value.zone = zones[name];
  } else if (value.zone === ICAL.Timezone.localTimezone) {
    out.errors.push(`floating time ${value}`);
    return null;
  }
  return new Date(value.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");
}

try {
  const parsed = ICAL.parse(readFileSync(0, "utf8"));
  const calendar = new ICAL.Component(Array.isArray(parsed[0]) ? parsed[0] : parsed);
  const zones = {};
  for (const part of calendar.getAllSubcomponents("vtimezone")) {
    const zone = new ICAL.Timezone(part);
    zones[zone.tzid] = zone;
  }
  for (const part of calendar.getAllSubcomponents("vevent")) {
    out.events.push({
      uid: new ICAL.Event(part).uid,
      start: instant(part.getFirstProperty("dtstart"), zones),
      end: instant(part.getFirstProperty("dtend"), zones),
    });
  }
} catch (error) {
  out.errors.push(`${error.name}: ${error.message}`.slice(0, 300));
}
process.stdout.write(JSON.stringify(out));
