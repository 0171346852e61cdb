// How a product is found and started, and the data of theories that run a scenario on several of them.
using System;
using System.IO;
using Xunit;

namespace Baton.Conformance.Harness;

public static class Products
{
    /// <summary>Path of the published binary: BATON_BINARY, else artifacts/bin/baton of the working tree.</summary>
    public static string BatonPath { get; } = Environment.GetEnvironmentVariable("BATON_BINARY") ?? FindBinary();

    /// <summary>The data of a theory that runs against both.</summary>
    public static TheoryData<Product> Both => TestWire.On ? [Product.Baton] : [Product.Baton, Product.Haproxy];

    /// <summary>Rows of a theory that runs each of them against both.</summary>
    public static TheoryData<Product, string, string> BothWith(params (string, string)[] rows)
    {
        var data = new TheoryData<Product, string, string>();
        foreach ((string one, string other) in rows)
        {
            data.Add(Product.Baton, one, other);
            if (!TestWire.On)
                data.Add(Product.Haproxy, one, other);
        }
        return data;
    }

    public static string Path(Product product) =>
        product switch
        {
            Product.Baton => BatonPath,
            Product.Neighbour => FindBuilt("artifacts/build/Baton.Neighbour/Release/net10.0/baton-neighbour"),
            _ => "/usr/sbin/haproxy",
        };

    private static string FindBinary() => FindBuilt("artifacts/bin/baton");

    private static string FindBuilt(string path)
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(System.IO.Path.Combine(d.FullName, "Baton.slnx")))
                return System.IO.Path.Combine(d.FullName, path);
        throw new InvalidOperationException("artifacts/bin/baton not found: publish first, or set BATON_BINARY");
    }
}
