// A backend for each way in which a server may behave: what its check says to it and comes to, all at once.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public abstract class DialogueScenario : CheckScenario
{
    /// <param name="Lines">Of the backend.</param>
    /// <param name="Answer">What the server says: "" for nothing and an end; '|' reads first; '$' at the end closes.</param>
    /// <param name="Expected">status, check_status, check_code, last_chk.</param>
    /// <param name="Request">What the server got first; null when that does not matter.</param>
    protected sealed record Case(string Lines, string Answer, string Expected, string? Request = null);

    /// <summary>Sections in front of the backends.</summary>
    protected virtual string Before => "";

    /// <summary>A server that behaves so on each connection.</summary>
    private OriginServer Behaving(Case one, List<string> got) =>
        Origin(c =>
        {
            var text = new StringBuilder();
            foreach (char step in one.Answer + "\uFFFF")
            {
                if (step is not ('|' or '~' or '$' or '\uFFFF'))
                {
                    text.Append(step);
                    continue;
                }
                c.Send(text.ToString());
                text.Clear();
                if (step == '|')
                {
                    string heard = Encoding.Latin1.GetString(c.ReadSome());
                    lock (got)
                        got.Add(heard);
                }
                else if (step == '~')
                    System.Threading.Thread.Sleep(10);
                else if (step == '$')
                    return;
            }
            c.ReadToEnd();
        });

    protected void Check(Product product, Case[] cases)
    {
        var text = new StringBuilder();
        var got = new List<string>[cases.Length];
        for (int i = 0; i < cases.Length; i++)
        {
            got[i] = [];
            OriginServer origin = Behaving(cases[i], got[i]);
            text.Append(CultureInfo.InvariantCulture, $"backend b{i}\n    ")
                .Append(cases[i].Lines.Replace("\n", "\n    ", StringComparison.Ordinal))
                .Append(CultureInfo.InvariantCulture, $"\n    server s 127.0.0.1:{origin.Port} check rise 1 fall 1\n");
        }
        Start(product, Config("    default-server inter 2s\n" + Before + text));
        string[] seen = [],
            expected = [.. cases.Select(c => c.Expected)];
        long end = Environment.TickCount64 + Patience.Ms;
        do seen = Outcomes(cases.Length);
        while (!seen.SequenceEqual(expected) && Environment.TickCount64 < end);
        Assert.Equal(expected, seen);
        for (int i = 0; i < cases.Length; i++)
            if (cases[i].Request is { } request)
                lock (got[i])
                    Assert.Equal((cases[i].Lines, request), (cases[i].Lines, got[i][0]));
    }

    /// <summary>What the statistics say of each.</summary>
    private string[] Outcomes(int count)
    {
        System.Threading.Thread.Sleep(20);
        string[] lines = Command("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines[0][2..].Split(',');
        Dictionary<string, string[]> rows = lines.Skip(1).Select(l => l.Split(',')).Where(f => f[1] == "s").ToDictionary(f => f[0]);
        string Cell(int i, string name) => rows[$"b{i}"][Array.IndexOf(names, name)];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    $"{Cell(i, "status")} {Cell(i, "check_status")} {Cell(i, "check_code")} {Cell(i, "last_chk")}"
                        .Replace("* ", "", StringComparison.Ordinal)
                        .TrimEnd()
                ),
        ];
    }
}
