// Base of the stick table scenarios: tables as "show table" shows them, without what differs from run to run.
using System;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Cli;

namespace Baton.Conformance.StickTables;

public abstract partial class TableScenario : CliScenario
{
    /// <summary>The entries, sorted: "127.0.0.1 use=0 gpc0=1".</summary>
    protected string Table(string name, string filter = "") =>
        string.Join('\n', Lines(Ask($"show table {name} {filter}".Trim())).Order(StringComparer.Ordinal));

    protected static string[] Lines(string answer) =>
        answer
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static l => l.StartsWith("0x", StringComparison.Ordinal))
            .Select(static l => Changing().Replace(l, ""))
            .ToArray();

    /// <summary>One value of an entry.</summary>
    protected string Value(string table, string key, string data) =>
        Regex.Match(Ask($"show table {table} key {key}"), $@" {Regex.Escape(data)}=(\S+)").Groups[1].Value;

    [GeneratedRegex(@"^0x[0-9a-f]+: key=|exp=\d+ ?|shard=\d+ ?| $")]
    private static partial Regex Changing();
}
