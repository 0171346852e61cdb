// Which program a scenario runs against. Every scenario whose behaviour is meant to be the same runs against Debian's
// haproxy too: a scenario that fails there is wrong itself.
using System;
using System.IO;
using Xunit;

namespace Baton.Conformance.Harness;

public enum Product { Baton, Haproxy }

public static class Products
{
    /// <summary>Path of the published binary: BATON_BINARY, else artifacts/bin/baton of the working tree.</summary>
    public static string BatonPath { get; } = Environment.GetEnvironmentVariable("BATON_BINARY") ?? FindBinary();

    /// <summary>The data of a theory that runs against both.</summary>
    public static TheoryData<Product> Both => LoadsConfiguration ? [Product.Baton, Product.Haproxy] : [Product.Haproxy];

    /// <summary>A binary that finds nothing wrong with a word nobody knows does not read configurations yet: haproxy alone then.</summary>
    public static bool LoadsConfiguration { get; } = Probe();

    private static bool Probe()
    {
        string file = System.IO.Path.GetTempFileName();
        File.WriteAllText(file, "no-such-section\n");
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(BatonPath, ["-c", "-q", "-f", file]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        File.Delete(file);
        return process.ExitCode != 0;
    }

    public static string Path(Product product) => product == Product.Baton ? BatonPath : "/usr/sbin/haproxy";

    private static string FindBinary()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(System.IO.Path.Combine(d.FullName, "Baton.slnx"))) return System.IO.Path.Combine(d.FullName, "artifacts/bin/baton");
        throw new InvalidOperationException("artifacts/bin/baton not found: publish first, or set BATON_BINARY");
    }
}
