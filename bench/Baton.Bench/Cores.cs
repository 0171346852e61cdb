// Who runs where: the proxy has cores of its own, the clients and the origin the others, as far as the machine has them.
using System;
using System.Globalization;

namespace Baton.Bench;

/// <summary>With two workers on two cores everybody shares: CPU per request still compares, requests per second do not.</summary>
public static class Cores
{
    public static string Proxy(int workers) => Range(0, Math.Min(workers, Environment.ProcessorCount) - 1);

    public static string Load(int workers) =>
        workers < Environment.ProcessorCount
            ? Range(workers, Math.Min(workers * 2, Environment.ProcessorCount) - 1)
            : Range(0, Environment.ProcessorCount - 1);

    private static string Range(int first, int last) => string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
}
