"""Places the nodes of a small network, always in the same way for the same data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

ROOM = 0.85  # least distance between nodes, in units of a grid that would spread them evenly over the square
APART = 1.6  # distance between parts that are not connected, in units of the longest path


def spread(points: np.ndarray, least: float, rounds: int = 120) -> np.ndarray:
    """Pushes points that are nearer than `least` apart, within the square from −1 to 1, so that labels can be read."""
    moved = points.copy()
    for _ in range(rounds):
        gap = moved[:, None] - moved[None]
        length = np.hypot(gap[..., 0], gap[..., 1])
        np.fill_diagonal(length, 2.0 + least)  # no node is near to itself
        near = length < least
        if not near.any():
            break
        push = np.where(near, (least - length) / np.maximum(length, 1e-6) / 2, 0.0)
        moved = np.clip(moved + 0.5 * (push[..., None] * gap).sum(axis=1), -1.0, 1.0)
    return moved


def layout(nodes: list[str], edges: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Positions of `nodes` from −1 to 1, so that distances follow shortest paths (Kamada and Kawai 1989).

    `edges` has two columns of nodes and one of weights above zero; a heavier edge is a shorter one. Nothing is random:
    the search starts from a circle in the order of `nodes`.
    """
    n = len(nodes)
    if n == 0:
        return {}
    if n == 1:
        return {nodes[0]: (0.0, 0.0)}
    index = {node: i for i, node in enumerate(nodes)}
    first, second, weight = edges.columns
    top = float(edges[weight].max()) if len(edges) else 1.0
    # Lengths from 1 to 2: weight shortens an edge but no pair may fall together.
    lengths = 2.0 - (edges[weight].to_numpy(dtype=float) / top) ** 0.5
    graph = csr_array((lengths, ([index[node] for node in edges[first]], [index[node] for node in edges[second]])),
                      shape=(n, n))
    distance = shortest_path(graph, directed=False)
    finite = distance[np.isfinite(distance)]
    distance[~np.isfinite(distance)] = max(float(finite.max()), 1.0) * APART
    upper = np.triu_indices(n, 1)
    ideal = distance[upper]

    def stress(flat: np.ndarray) -> tuple[float, np.ndarray]:
        points = flat.reshape(n, 2)
        gap = points[upper[0]] - points[upper[1]]
        length = np.maximum(np.hypot(gap[:, 0], gap[:, 1]), 1e-9)
        miss = (length - ideal) / ideal
        push = (2 * miss / ideal / length)[:, None] * gap
        slope = np.zeros_like(points)
        np.add.at(slope, upper[0], push)
        np.add.at(slope, upper[1], -push)
        return float((miss**2).sum()), slope.ravel()

    angle = 2 * np.pi * np.arange(n) / n
    start = np.column_stack([np.cos(angle), np.sin(angle)]) * distance.max() / 2
    points = minimize(stress, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 600}).x.reshape(n, 2)
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    extent = np.abs(points).max(axis=0)
    points /= np.where(extent > 0, extent, 1.0)
    points = spread(points, ROOM * 2 / (np.sqrt(n) + 1))
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}
