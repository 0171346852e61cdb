// crt-store: certificates with their files and names, for bind lines and crt-lists (manual of 3.4, chapter 12.7).
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class CertificateStoreLines
{
    /// <summary>Options of "load" that are built.</summary>
    internal static readonly string[] Options = ["alias", "crt", "issuer", "key", "ocsp", "ocsp-update", "sctl"];

    /// <summary>The store that the following lines fill.</summary>
    public static CertificateStoreConfig Open(List<Word> words, DiagnosticSink diagnostics, SourcePosition at) =>
        new(SectionName.Read(words, diagnostics, at, isOptional: true));

    private static void Base(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a directory path as an argument"))
            return;
        if (c.IsRepeated(c.Keyword))
            c.Error($"'{c.Keyword}' already specified.", c.Keyword);
        else if (c.Store.HasLoaded)
            c.Error($"'{c.Keyword}' can't be used after a load line.", c.Keyword);
        else if (c.Keyword == "crt-base")
            c.Store.CrtBase = c[0];
        else
            c.Store.KeyBase = c[0];
    }

    private static void Load(DirectiveContext c)
    {
        c.Store.HasLoaded = true;
        var load = new CertificateLoadConfig { Position = c.Position };
        string crtBase = c.Store.CrtBase ?? c.Global.Tls.CrtBase ?? "",
            keyBase = c.Store.KeyBase ?? c.Global.Tls.KeyBase ?? "";
        string? alias = null;
        for (int i = 0; i < c.Count; i += 2)
        {
            string word = c[i];
            if (Array.IndexOf(Options, word) < 0)
            {
                c.Error(KeywordVerdict.Of(KeywordFamily.CertificateOption, "'load' option", word).Message + ".", word);
                return;
            }
            if (i + 1 >= c.Count || c[i + 1].Length == 0)
            {
                c.Error($"'load' : '{word}' expects an argument.", word);
                return;
            }
            string value = c[i + 1];
            switch (word)
            {
                case "alias":
                    alias = value;
                    break;
                case "crt":
                    load.Certificate = TlsGlobalConfig.In(crtBase, value);
                    load.Name = c.Store.Name.Length > 0 ? $"@{c.Store.Name}/{value}" : load.Certificate.Name;
                    break;
                case "key":
                    load.Key = TlsGlobalConfig.In(keyBase, value);
                    break;
                case "ocsp":
                    load.OcspResponse = TlsGlobalConfig.In(crtBase, value);
                    break;
                case "ocsp-update":
                    if (TlsOptionWords.OnOff(value, on => load.OcspUpdate = on) is { } wrong)
                        c.Error($"'load' : 'ocsp-update' {wrong}.", value);
                    break;
                case "issuer":
                    load.Issuer = TlsGlobalConfig.In(crtBase, value);
                    break;
                default:
                    load.Timestamps = TlsGlobalConfig.In(crtBase, value);
                    break;
            }
        }
        if (load.Certificate.Name.Length == 0)
        {
            c.Error("'load' : 'crt' is missing.", "load");
            return;
        }
        if (alias is not null)
            load.Name = $"@{c.Store.Name}/{alias}";
        if (c.Global.Tls.FindLoad(load.Name) is { } other)
            c.Error($"'load' : '{load.Name}' has been loaded at {other.Position} already.", alias ?? "load");
        else
            c.Global.Tls.Loads.Add(load);
    }

    /// <summary>"ssl-f-use": a certificate for the bind lines of a frontend that name none themselves.</summary>
    private static void Use(DirectiveContext c)
    {
        var text = new System.Text.StringBuilder();
        string file = "";
        for (int i = 0; i < c.Count; i++)
        {
            if (c[i] == "crt" && i + 1 < c.Count)
                file = c[++i];
            else
                text.Append(text.Length > 0 ? " " : "").Append(c[i]);
        }
        if (file.Length == 0)
        {
            c.Error("'ssl-f-use' : 'crt' is missing.", c.Keyword);
            return;
        }
        string line = text.Length > 0 ? $"{file} [{text}]" : file;
        int number = c.Proxy.CertificateUses.Count + 1;
        if (Values.CertificateListText.ReadLine(line, number, c.Global.Tls, out string error) is { } entry)
            c.Proxy.CertificateUses.Add(entry);
        else
            c.Error($"'ssl-f-use' : {error}.", file);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("crt-base", SectionKinds.CrtStore, Base),
        new("key-base", SectionKinds.CrtStore, Base),
        new("load", SectionKinds.CrtStore, Load),
        new("ssl-f-use", SectionKinds.Frontend | SectionKinds.Listen, Use),
    ];
}
