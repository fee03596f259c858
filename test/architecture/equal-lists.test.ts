test('a list is equal to one of its own length alone, however deep it lies', () => {
  expect([7, undefined]).not.toEqual([7]);
  expect({ noted: [[]] }).not.toEqual({ noted: [[undefined]] });
  expect({ noted: [7, undefined], more: undefined }).toEqual({ noted: [7, undefined] });
});
