// show, new, set, add, commit, abort and del of ssl ca-file and ssl crl-file: who is believed, and what they have revoked. Both are files
// of the same kind; what differs is the words of the answers.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Tls;

namespace Baton.Control.Cli;

internal static class AuthorityCommands
{
    private static bool IsRevocations(CliRequest r) => r[2] == "crl-file";

    private static string Kind(CliRequest r) => IsRevocations(r) ? "CRL" : "CA";

    private static AuthorityFile? Pending(CertificateStore store, CliRequest r) =>
        IsRevocations(r) ? store.PendingRevocations : store.PendingAuthorities;

    private static void SetPending(CertificateStore store, CliRequest r, AuthorityFile? file)
    {
        if (IsRevocations(r))
            store.PendingRevocations = file;
        else
            store.PendingAuthorities = file;
    }

    private static void Show(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            if (r[3].Length == 0)
            {
                ShowAll(r, store);
                return;
            }
            string name = r[3];
            int colon = name.LastIndexOf(':'),
                index = 0;
            if (colon >= 0)
            {
                if (!int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index) || index == 0)
                {
                    r.FailWithoutLine($"wrong {Kind(r)} index after colons in '{name}'!");
                    return;
                }
                name = name[..colon];
            }
            AuthorityFile? pending = Pending(store, r),
                file = name.StartsWith('*')
                    ? pending?.Name == name[1..]
                        ? pending
                        : null
                    : name == AuthorityFile.System && !IsRevocations(r)
                        ? store.Authority(new(name, name), false, out _)
                        : store.Authorities(IsRevocations(r)).TryGetValue(name, out AuthorityFile? known)
                            ? known
                            : null;
            if (file is null)
                r.Fail($"Can't display the {Kind(r)} file : Not found!");
            else
                Describe(r, name, file, file != pending && changes.IsUsed(file) ? "Used" : "Unused", index);
        });

    private static void ShowAll(CliRequest r, CertificateStore store)
    {
        bool counts = !IsRevocations(r);
        if (Pending(store, r) is { } pending)
            r.Line($"# transaction\n*{pending.Name}{(counts ? Count(pending) : "")}");
        r.Line("# filename");
        // COMPAT: what the system believes is there although nobody has asked for it
        if (counts)
            store.Authority(new(AuthorityFile.System, AuthorityFile.System), false, out _);
        foreach (AuthorityFile file in store.Authorities(IsRevocations(r)).Values)
            r.Line(file.Name + (counts ? Count(file) : ""));
    }

    private static string Count(AuthorityFile file) => $" - {file.Certificates.Count} certificate(s)";

    /// <param name="index">Which one, from 1; 0 for all.</param>
    private static void Describe(CliRequest r, string name, AuthorityFile file, string status, int index)
    {
        // COMPAT: where there is nothing to tell, lists say so and authorities do not
        if (!file.IsRevocations && (file.Certificates.Count == 0 || index > file.Certificates.Count))
            return;
        r.Line($"Filename: {name}\nStatus: {(file.IsEmpty ? "Empty" : status)}");
        int number = 0;
        foreach (byte[] der in file.IsRevocations ? file.RevocationLists : file.Certificates)
        {
            number++;
            if (index != 0 && index != number)
                continue;
            r.Line($" \n{(file.IsRevocations ? "Certificate Revocation List" : "Certificate")} #{number}:");
            if (file.IsRevocations)
                CertificateText.DescribeRevocations(r.Answer, der);
            else
                CertificateText.Describe(r.Answer, der);
        }
    }

    private static void New(CliRequest r) => CertificateCommands.With(r, (store, _) =>
        {
            if (r[3].Length == 0)
                r.Fail($"'new ssl {r[2]}' expects a filename");
            else if (store.Authorities(IsRevocations(r)).ContainsKey(r[3]))
                r.Fail($"{Kind(r)} file '{r[3]}' already exists!");
            else
            {
                store.Put(AuthorityFile.Changed(r[3], IsRevocations(r), null));
                r.Line($"New {Kind(r)} file created '{r[3]}'!");
            }
        });

    /// <param name="adds">To what there is, not in its place.</param>
    private static void Set(CliRequest r, bool adds) => CertificateCommands.With(r, (store, _) =>
        {
            bool isRevocations = IsRevocations(r);
            if (r[3].Length == 0 || r.Payload is not { Length: > 0 } payload)
            {
                r.Fail($"'{r[0]} ssl {r[2]} expects a filename and {Kind(r)}s as a payload");
                return;
            }
            AuthorityFile? pending = Pending(store, r);
            string error = "";
            if (pending is not null && pending.Name != r[3])
                error = $"The ongoing transaction is about '{pending.Name}' but you are trying to set '{r[3]}'";
            else if (!store.Authorities(isRevocations).ContainsKey(r[3]))
                error = $"Can't replace a {Kind(r)} file which is not referenced by the configuration!";
            if (error.Length > 0)
            {
                r.Fail($"{error}\nCan't update {r[3]}!");
                return;
            }
            AuthorityFile before = store.Authorities(isRevocations)[r[3]],
                made = AuthorityFile.Changed(r[3], isRevocations, before);
            if (adds)
            {
                made.Certificates.AddRange((pending ?? before).Certificates);
                made.RevocationLists.AddRange((pending ?? before).RevocationLists);
            }
            made.Take(payload.ToArray());
            SetPending(store, r, made);
            r.Line($"transaction {(pending is null ? "created" : "updated")} for {Kind(r)} {r[3]}!");
        });

    private static void Commit(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            if (r[3].Length == 0)
            {
                r.Fail($"'commit ssl {r[2]} expects a filename");
                return;
            }
            string error = "";
            int places = 0;
            if (Pending(store, r) is not { } pending)
                error = "No ongoing transaction! !";
            else if (pending.Name != r[3])
                error = $"The ongoing transaction is about '{pending.Name}' but you are trying to set '{r[3]}'";
            else if (!changes.Put(pending, out places, out error))
                error += ".";
            if (error.Length > 0)
            {
                r.Fail($"{error}\nCan't commit {r[3]}!");
                return;
            }
            SetPending(store, r, null);
            r.Line($"Committing {r[3]}{new string('.', places)}\nSuccess!");
        });

    private static void Abort(CliRequest r) => CertificateCommands.With(r, (store, _) =>
        {
            if (r[3].Length == 0)
                r.Fail($"'abort ssl {r[2]}' expects a filename");
            else if (Pending(store, r) is not { } pending)
                r.Fail("No ongoing transaction!");
            else if (pending.Name != r[3])
                r.Fail($"The ongoing transaction is about '{pending.Name}' but you are trying to abort a transaction for '{r[3]}'");
            else
            {
                SetPending(store, r, null);
                r.Line($"Transaction aborted for certificate '{r[3]}'!");
            }
        });

    /// <summary>COMPAT: what cannot be removed is told with an empty line.</summary>
    private static void Delete(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            string kind = Kind(r),
                begin = $"Can't remove the {kind} file: {kind} file '{r[3]}'";
            if (r[3].Length == 0)
                r.Fail($"'del ssl {r[2]}' expects a {kind} file name");
            else if (!store.Authorities(IsRevocations(r)).TryGetValue(r[3], out AuthorityFile? file))
                r.Fail($"{begin} doesn't exist!\n");
            else if (changes.IsUsed(file))
                r.Fail($"{begin} in use, can't be deleted!\n");
            else
            {
                store.RemoveAuthority(r[3], IsRevocations(r));
                r.Line($"{kind} file '{r[3]}' deleted!");
            }
        });

    private static CliCommand[] RowsOf(string file, string what) =>
        [
            new($"show ssl {file}", "[<file>[:<index>]]", CliLevel.Operator, $"the files of {what}, or what one says", Show),
            new($"new ssl {file}", "<file>", CliLevel.Admin, $"make an empty file of {what}", New),
            new($"set ssl {file}", "<file> <payload>", CliLevel.Admin, $"begin a change of {what}", r => Set(r, adds: false)),
            new($"commit ssl {file}", "<file>", CliLevel.Admin, $"put a change of {what} in use", Commit),
            new($"abort ssl {file}", "<file>", CliLevel.Admin, $"give up a change of {what}", Abort),
            new($"del ssl {file}", "<file>", CliLevel.Admin, $"remove a file of {what} that nobody uses", Delete),
        ];

    internal static readonly CliCommand[] Rows =
    [
        .. RowsOf("ca-file", "authorities"),
        new("add ssl ca-file", "<file> <payload>", CliLevel.Admin, "begin or go on with a change that adds authorities", r =>
            Set(r, adds: true)
        ),
        .. RowsOf("crl-file", "revocations"),
    ];
}
