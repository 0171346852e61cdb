// What the compiler made of the sources, read from the published binary: patterns that have gone wrong once.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class GeneratedCodeTests
{
    /// <summary>BSF and BSR set the zero flag by what they scan; whoever branches on it meant the result.</summary>
    [Fact]
    public void Nobody_reads_the_flags_of_a_bit_scan()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Skip("other processors have no such instruction");
        var info = new ProcessStartInfo("objdump") { RedirectStandardOutput = true };
        foreach (string a in (string[])["-d", "--no-show-raw-insn", Products.Path(Product.Baton)])
            info.ArgumentList.Add(a);
        using Process process = Process.Start(info)!;
        int scans = 0,
            lines = 0;
        string pending = "";
        var found = new List<string>();
        for (string? line; (line = process.StandardOutput.ReadLine()) is not null; lines++)
        {
            string[] parts = line.Split('\t');
            if (parts.Length < 2)
                continue;
            string code = parts[1].Split(' ')[0];
            if (pending.Length > 0 && ReadsFlags(code))
                found.Add(pending + " / " + line.Trim());
            if (!KeepsFlags(code))
                pending = "";
            if (code is not ("bsf" or "bsr"))
                continue;
            scans++;
            pending = line.Trim();
        }
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        // the disassembly was one, and has what is looked for
        Assert.True(lines > 100_000 && scans > 10, $"{lines} lines, {scans} scans");
        Assert.Empty(found);
    }

    private static bool ReadsFlags(string code) =>
        code.StartsWith('j') && code != "jmp"
        || code.StartsWith("set", StringComparison.Ordinal)
        || code.StartsWith("cmov", StringComparison.Ordinal)
        || code is "adc" or "sbb";

    private static bool KeepsFlags(string code)
    {
        if (
            code is "ptest" or "popcnt"
            || code.StartsWith("pcmpe", StringComparison.Ordinal) && code.Contains("str", StringComparison.Ordinal)
        )
            return false;
        foreach (
            string start in (string[])["mov", "lea", "push", "pop", "nop", "xchg", "p", "cv", "clt", "cqt", "not", "bswap", "data16", "cs"]
        )
            if (code.StartsWith(start, StringComparison.Ordinal))
                return true;
        return false;
    }
}
