// What this device remembers; where it may not, it forgets.
export const memory = {
  read(name, otherwise) {
    try {
      return localStorage.getItem(`micboard.${name}`) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(`micboard.${name}`, value);
    } catch {
      // Private windows may refuse.
    }
  },
};
