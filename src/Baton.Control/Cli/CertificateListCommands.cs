// show, add and del ssl crt-list, and show ssl sni: which certificates bind lines have, and for which names.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Tls;
using Baton.Http.Certificates;

namespace Baton.Control.Cli;

internal static class CertificateListCommands
{
    private static void Show(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            bool numbers = r[3] == "-n";
            string name = r[numbers ? 4 : 3];
            if (numbers && name.Length == 0)
            {
                r.Fail("'show ssl crt-list -n' expects a filename or a directory");
                return;
            }
            if (name.Length == 0)
            {
                foreach (string list in store.Lists.Keys)
                    r.Line(list);
                return;
            }
            if (!store.Lists.TryGetValue(name, out CertificateList? found))
            {
                r.Fail("didn't find the specified filename");
                return;
            }
            r.Line($"# {name}");
            foreach (TlsListEntryConfig line in found.Lines)
            {
                r.Answer.Append(line.File.Name);
                if (numbers)
                    r.Answer.Append(CultureInfo.InvariantCulture, $":{line.Line}");
                if (line.OptionText.Length > 0)
                    r.Answer.Append(" [").Append(line.OptionText).Append(']');
                foreach (string filter in line.Filters)
                    r.Answer.Append(' ').Append(filter);
                r.Answer.Append('\n');
            }
        });

    /// <summary>A directory may be meant with a slash behind its name.</summary>
    private static CertificateList? Find(CertificateStore store, string name) =>
        store.Lists.GetValueOrDefault(name) ?? store.Lists.GetValueOrDefault(name.TrimEnd('/'));

    private static void Add(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            const string cannot = "Can't edit the crt-list: ";
            if (r[3].Length == 0 || r.Payload is null && r[4].Length == 0)
            {
                r.Fail("'add ssl crtlist' expects a filename and a certificate name");
                return;
            }
            if (r.Payload is not null && r[4].Length > 0)
            {
                r.Fail("'add ssl crtlist' should contain the certificate name in the payload");
                return;
            }
            if (Find(store, r[3]) is not { } list)
            {
                r.Fail($"{cannot}crt-list '{r[3]}' does not exist!");
                return;
            }
            string text = r.Payload?.ToString() ?? r[4];
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length != 1)
            {
                r.Fail(cannot + "only one line of payload is supported!");
                return;
            }
            TlsListEntryConfig? line = CertificateListText.ReadLine(lines[0], list.LastLine + 1, store.Global, out string error);
            error = line is null ? $"parsing [CLI:1]: {(error.Length > 0 ? error : "no certificate name")}" : Refusal(store, list, line);
            int places = 0;
            if (error.Length > 0 || !changes.Add(list, line!, store.Bundles[line!.File.Name]!, out places, out error))
            {
                r.Fail(cannot + error);
                return;
            }
            r.Line($"Inserting certificate '{line.File.Name}' in crt-list '{list.Name}'{new string('.', places)}\nSuccess!");
        });

    /// <summary>Why a line cannot be added; empty when it can.</summary>
    private static string Refusal(CertificateStore store, CertificateList list, TlsListEntryConfig line)
    {
        string name = line.File.Name;
        if (list.IsDirectory && !name.StartsWith(list.Name.TrimEnd('/') + "/", StringComparison.Ordinal))
            return $"'{list.Name}' is a directory, certificate path '{name}' must contain the directory path";
        if (list.IsDirectory && list.Lines.Exists(l => l.File.Name == name))
            return "file already exists in this directory!";
        return !store.Bundles.TryGetValue(name, out CertificateBundle? bundle) ? $"certificate '{name}' does not exist!"
            : bundle is null ? $"certificate '{name}' is empty!"
            : "";
    }

    private static void Delete(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            const string cannot = "Can't delete the entry: ";
            if (r[3].Length == 0 || r[4].Length == 0)
            {
                r.Fail("'del ssl crtlist' expects a filename and a certificate name");
                return;
            }
            if (Find(store, r[3]) is not { } list)
            {
                r.Fail($"{cannot}crt-list '{r[3]}' does not exist!");
                return;
            }
            string name = r[4];
            int colon = name.LastIndexOf(':'),
                number = 0;
            if (colon >= 0 && int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
                name = name[..colon];
            else
                colon = -1;
            if (!store.Bundles.ContainsKey(name))
            {
                r.Fail($"{cannot}certificate '{name}' does not exist!");
                return;
            }
            List<TlsListEntryConfig> found = list.Lines.FindAll(l => l.File.Name == name);
            TlsListEntryConfig? line =
                colon < 0
                    ? found.Count == 1
                        ? found[0]
                        : null
                    : found.Find(l => l.Line == number);
            if (line is null)
            {
                string all = string.Join(", ", found.Select(l => l.Line.ToString(CultureInfo.InvariantCulture)));
                r.Fail(
                    found.Count == 0 ? $"{cannot}certificate '{name}' can't be found in crt-list '{r[3]}'!"
                    : colon < 0
                        ? $"{cannot}found the certificate '{name}' in several entries, please specify a line number preceded by colons ({all})!"
                    : $"{cannot}found a certificate '{name}' but the line number is incorrect, please specify a correct line number preceded by colons ({all})!"
                );
                return;
            }
            if (!changes.Remove(list, line, out List<string> places))
                r.Fail(
                    $"{cannot}certificate '{name}' cannot be deleted, it is used as default certificate by the following frontends:\n"
                        + string.Concat(places.Select(p => $"\t- {p}\n"))
                );
            else
                r.Line($"Entry '{name}' deleted in crtlist '{r[3]}'!");
        });

    /// <summary>show ssl sni [-f FRONTEND] [-A] [-t SECONDS]: names, and until when their certificates hold.</summary>
    private static void ShowNames(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            string? frontend = null;
            bool onlyExpired = false;
            DateTime now = DateTime.UtcNow;
            for (int i = 3; r[i].Length > 0; i++)
            {
                if (r[i] == "-f" && r[i + 1].Length > 0)
                    frontend = r[++i];
                else if (r[i] == "-A")
                    onlyExpired = true;
                else if (r[i] == "-t" && UnitParser.Time(r[i + 1], TimeUnit.Second, out long offset) is null)
                {
                    now = now.AddMilliseconds(offset);
                    i++;
                }
                else
                {
                    r.Fail($"'{r[i]}' is not a valid option, or lacks its argument: -f <frontend>, -A, -t <offset>.");
                    return;
                }
            }
            if (frontend is not null && !r.FindFrontend(frontend, out _))
                return;
            r.Line("# Frontend/Bind\tSNI\tNegative Filter\tType\tFilename\tNotAfter\tNotBefore");
            foreach (TlsBinding binding in store.Bindings)
                if (frontend is null || binding.Proxy == frontend)
                    ShowNames(r, binding, onlyExpired ? now : null);
        });

    /// <param name="at">Only certificates whose time is over then; null for all.</param>
    private static void ShowNames(CliRequest r, TlsBinding binding, DateTime? at)
    {
        IReadOnlyList<TlsEntry> entries = binding.Offer.Names.Entries;
        for (int i = 0; i < entries.Count; i++)
        {
            TlsEntry entry = entries[i];
            if (!CertificateView.TryRead(entry.Bundle.Leaf, out CertificateView view))
                continue;
            bool hasEnd = CertificateText.TryRead(view.NotAfter, view.NotAfterTag, out DateTime end);
            if (at is { } time && (!hasEnd || end > time))
                continue;
            string kind = entry.Bundle.Kind switch
            {
                KeyKind.Rsa => "rsa",
                KeyKind.Ecdsa => "ecdsa",
                _ => "dsa",
            };
            string excluded =
                entry.Excluded.Count == 0 ? "-" : string.Join(' ', entry.Excluded.Select(n => "!" + Encoding.ASCII.GetString(n)));
            string rest =
                $"{excluded}\t{kind}\t{entry.Bundle.Name}\t{CertificateText.Time(view.NotAfter, view.NotAfterTag)}"
                + $"\t{CertificateText.Time(view.NotBefore, view.NotBeforeTag)}";
            string where = $"{binding.Proxy}/{binding.Bind.Position}";
            if (i == 0 && !binding.IsStrict)
                r.Line($"{where}\t*\t{rest}");
            foreach (string name in entry.Names.Select(n => Encoding.ASCII.GetString(n).ToLowerInvariant()).Distinct())
                r.Line($"{where}\t{name}\t{rest}");
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show ssl crt-list", "[-n] [<list>]", CliLevel.Admin, "the lists of certificates, or the lines of one", Show),
        new("add ssl crt-list", "<list> <cert> | <list> <payload>", CliLevel.Admin, "add a line to a list of certificates", Add),
        new("del ssl crt-list", "<list> <cert[:line]>", CliLevel.Admin, "delete a line of a list of certificates", Delete),
        new("show ssl sni", "[-f <frontend>] [-A] [-t <offset>]", CliLevel.Operator, "host names and their certificates", ShowNames),
    ];
}
