"""A GraphML file as JSON, read by networkx or by igraph: read_graphml.py networkx|igraph FILE."""
import json
import sys


def by_networkx(path):
    import networkx

    g = networkx.read_graphml(path)
    return {
        "directed": g.is_directed(),
        "graph": {k: v for k, v in g.graph.items() if k not in ("node_default", "edge_default")},
        "nodes": [{"id": n, **data} for n, data in g.nodes(data=True)],
        "edges": [{"source": a, "target": b, **data} for a, b, data in g.edges(data=True)],
        "betweenness": networkx.betweenness_centrality(g, normalized=False),
        "components": networkx.number_weakly_connected_components(g) if g.is_directed() else networkx.number_connected_components(g),
    }


def by_igraph(path):
    import igraph

    g = igraph.Graph.Read_GraphML(path)
    names = g.vs["id"]
    return {
        "directed": g.is_directed(),
        "graph": {k: g[k] for k in g.attributes()},
        "nodes": [v.attributes() for v in g.vs],
        "edges": [{"source": names[e.source], "target": names[e.target], **e.attributes()} for e in g.es],
        "betweenness": dict(zip(names, g.betweenness())),
        "components": len(g.connected_components(mode="weak")),
    }


def plain(value):
    """NaN, igraph's word for a number that is not there, is no JSON."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return None if value != value else value


if __name__ == "__main__":
    read = {"networkx": by_networkx, "igraph": by_igraph}[sys.argv[1]]
    json.dump(plain(read(sys.argv[2])), sys.stdout, allow_nan=False)
