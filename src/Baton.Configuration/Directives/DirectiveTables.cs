// Every line keyword that is built, by name and section; the tables stand beside their parsers.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Conditions;
using Baton.Configuration.Sections;

namespace Baton.Configuration.Directives;

public static class DirectiveTables
{
    private static readonly DirectiveKeyword[][] Tables =
    [
        GlobalProcess.Keywords,
        GlobalTuning.Keywords,
        GlobalLimits.Keywords,
        GlobalVariables.Keywords,
        EnvironmentLines.Keywords,
        LogLines.Keywords,
        StatsSocketLine.Keywords,
        StatsLines.Keywords,
        ProxyBasics.Keywords,
        ProxyTimeouts.Keywords,
        ProxyOptionLines.Keywords,
        StickTableLine.Keywords,
        StickLines.Keywords,
        BalanceLines.Keywords,
        BindLine.Keywords,
        ServerLine.Keywords,
        CheckOptions.Keywords,
        CheckLines.Keywords,
        CheckValues.Keywords,
        ExternalCheckLines.Keywords,
        RuleLines.Keywords,
        CaptureLines.Keywords,
        ErrorLines.Keywords,
        CookieLine.Keywords,
        HeaderCaseLines.Keywords,
        PathLine.Keywords,
        KeepAliveLines.Keywords,
        DispatchLines.Keywords,
        ForwardedLine.Keywords,
        ServerStateLines.Keywords,
        TlsGlobalLines.Keywords,
        CertificateStoreLines.Keywords,
        FilterLine.Keywords,
        CompressionLines.Keywords,
        ResolversLines.Keywords,
        PeersLines.Keywords,
        MailersLines.Keywords,
        HealthCheckLines.Keywords,
        GuidLines.Keywords,
        DnsFamilyLine.Keywords,
        TraceLines.Keywords,
    ];

    private static readonly Dictionary<string, List<DirectiveKeyword>> ByName = Build();

    public static IEnumerable<DirectiveKeyword> All
    {
        get
        {
            foreach (DirectiveKeyword[] table in Tables)
            foreach (DirectiveKeyword row in table)
                yield return row;
        }
    }

    /// <summary>Options of certificates ("load") that are built.</summary>
    public static IEnumerable<string> CertificateOptions => CertificateStoreLines.Options;

    /// <summary>Names of the options of bind and server, and of the balance algorithms, that are built.</summary>
    public static IEnumerable<string> BindOptions
    {
        get
        {
            foreach (BindLine.Option o in BindLine.OptionRows)
                yield return o.Name;
            foreach (TlsOption o in TlsBindOptions.Rows)
                yield return o.Name;
        }
    }
    public static IEnumerable<string> ServerOptions
    {
        get
        {
            foreach (ServerLine.Option o in ServerLine.OptionRows)
                yield return o.Name;
            foreach (TlsOption o in TlsServerOptions.Rows)
                yield return o.Name;
            yield return TlsServerOptions.ServerName;
            yield return TlsServerOptions.PoolName;
            foreach (string word in TlsServerOptions.AutomaticName)
                yield return word;
            yield return "source";
            yield return "usesrc";
            yield return ProxyFieldOption.Name;
        }
    }
    public static IEnumerable<string> BalanceAlgorithms =>
        System.Array.ConvertAll(Baton.Configuration.Sections.BalanceAlgorithms.Rows, r => r.Algorithm.Name);

    public static IEnumerable<string> Preprocessor => ConditionStack.Words;

    /// <summary>Sections that are built, and those in which the line of that name is: a word may work in one section and wait in
    /// another.</summary>
    public static SectionKinds Sections => SectionBuilder.Built;

    public static SectionKinds SectionsOf(string name)
    {
        SectionKinds sections = SectionKinds.None;
        foreach (DirectiveKeyword row in All)
            if (row.Name == name)
                sections |= row.Sections;
        foreach ((SectionKinds section, string line) in SectionBuilder.OwnLines)
            if (line == name)
                sections |= section;
        return sections;
    }

    /// <summary>The row for a name of one or two words in a section, or null.</summary>
    public static DirectiveKeyword? Find(string name, SectionKinds section)
    {
        if (!ByName.TryGetValue(name, out List<DirectiveKeyword>? rows))
            return null;
        foreach (DirectiveKeyword row in rows)
            if ((row.Sections & section) != 0)
                return row;
        return null;
    }

    private static Dictionary<string, List<DirectiveKeyword>> Build()
    {
        var map = new Dictionary<string, List<DirectiveKeyword>>(256);
        foreach (DirectiveKeyword row in All)
        {
            // "capture request header": two words tell which row, the third is its first argument
            int second = row.Name.IndexOf(' '),
                third = second < 0 ? -1 : row.Name.IndexOf(' ', second + 1);
            string key = third < 0 ? row.Name : row.Name[..third];
            if (!map.TryGetValue(key, out List<DirectiveKeyword>? rows))
                map[key] = rows = new List<DirectiveKeyword>(1);
            rows.Add(row);
        }
        return map;
    }
}
