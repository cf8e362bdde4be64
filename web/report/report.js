// Sorting of tables by a click on a heading, and a card with the source beside a source figure. The page reads without either.
for (const th of document.querySelectorAll('table.sort th')) {
  th.tabIndex = 0;
  const sort = () => {
    const body = th.closest('table').tBodies[0], i = th.cellIndex, up = th.getAttribute('aria-sort') !== 'ascending';
    const key = r => { const c = r.cells[i], v = parseFloat(c.dataset.v); return isNaN(v) ? c.textContent : v; };
    [...body.rows].sort((a, b) => { const x = key(a), y = key(b); return (x > y ? 1 : x < y ? -1 : 0) * (up ? 1 : -1); }).forEach(r => body.append(r));
    th.parentNode.querySelectorAll('th').forEach(o => o.removeAttribute('aria-sort'));
    th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  };
  th.addEventListener('click', sort);
  th.addEventListener('keydown', e => { if (e.key === 'Enter') sort(); });
}
const card = document.createElement('div');
card.className = 'card';
card.setAttribute('aria-hidden', 'true');
document.body.append(card);
document.addEventListener('mouseover', e => {
  const a = e.target.closest && e.target.closest('a.src'), li = a && document.querySelector(a.getAttribute('href'));
  card.style.display = li ? 'block' : 'none';
  if (!li) return;
  card.textContent = li.textContent;
  const r = a.getBoundingClientRect();
  card.style.left = Math.max(8, Math.min(r.left, innerWidth - card.offsetWidth - 8)) + 'px';
  card.style.top = Math.max(8, r.top - card.offsetHeight - 6) + 'px';
});
