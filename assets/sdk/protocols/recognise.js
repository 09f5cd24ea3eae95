/* The protocol that a socket's first frames speak. */

const READERS = []

/* Its reader; undefined when none of them knows the frame. */
export const recognise = (place, frame, direction) =>
  READERS.find(reader => reader.recognises(place, frame, direction))
