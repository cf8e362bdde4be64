# The peer of bench_ties: networkx on the networks that it wrote. One JSON line a case, as bench_ties prints them.
#
#   python3 bench/peers/ties.py FOLDER
import csv, json, statistics, sys, time
import networkx as nx

REPS = 3


def read(path):
    g = nx.Graph()
    with open(path) as f:
        for row in csv.DictReader(f):
            w = float(row["weight"])
            g.add_edge(row["code1"], row["code2"], weight=w, length=1 / w)
    return g


def communities(g):
    return nx.community.modularity(g, nx.community.louvain_communities(g, weight="weight", seed=1), weight="weight")


cases = {
    "betweenness": lambda g: sum(nx.betweenness_centrality(g, normalized=False).values()),
    "betweenness_weighted": lambda g: sum(nx.betweenness_centrality(g, normalized=False, weight="length").values()),
    "cuts": lambda g: len(list(nx.bridges(g))) + len(list(nx.articulation_points(g))),
    "communities": communities,
}
for name in ("dense", "sparse"):
    g = read(f"{sys.argv[1]}/{name}.csv")
    for case, run in cases.items():
        took, cpu = [], []
        for _ in range(REPS):
            begin, begin_cpu = time.perf_counter(), time.process_time()
            check = run(g)
            took.append(time.perf_counter() - begin)
            cpu.append(time.process_time() - begin_cpu)
        print(json.dumps({"bench": "ties_" + case, "network": name, "by": "networkx " + nx.__version__,
                          "nodes": g.number_of_nodes(), "ties": g.number_of_edges(), "reps": REPS,
                          "median_s": round(statistics.median(took), 6), "min_s": round(min(took), 6),
                          "cpu_median_s": round(statistics.median(cpu), 6), "cpu_min_s": round(min(cpu), 6),
                          "check": round(check, 6)}), flush=True)
