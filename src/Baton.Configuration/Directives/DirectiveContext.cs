// What a directive's parser works with: its words, where they stand, what they go into, and how to complain.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Directives;

/// <summary>One object reused for every line.</summary>
public sealed class DirectiveContext(ProcessConfig process, DiagnosticSink diagnostics, IExpressionParser expressions)
{
    private List<Word> _words = [];
    private int _skip;

    public ProcessConfig Process { get; } = process;
    public GlobalConfig Global => Process.Global;
    public DiagnosticSink Diagnostics { get; } = diagnostics;
    public IExpressionParser Expressions { get; } = expressions;

    /// <summary>The proxy section the line stands in; null in global.</summary>
    public ProxyConfig? ProxyOrNull { get; internal set; }
    public ProxyConfig Proxy => ProxyOrNull!;

    /// <summary>The resolvers section the line stands in.</summary>
    public ResolversConfig Resolvers { get; internal set; } = null!;

    /// <summary>The peers section the line stands in.</summary>
    public PeersConfig Peers { get; internal set; } = null!;

    /// <summary>The crt-store section the line stands in.</summary>
    public CertificateStoreConfig Store { get; internal set; } = null!;

    /// <summary>The mailers section the line stands in.</summary>
    public MailersConfig Mailers { get; internal set; } = null!;

    /// <summary>The healthcheck section the line stands in.</summary>
    public HealthCheckSection HealthCheck { get; internal set; } = null!;

    /// <summary>The first argument belongs to the keyword, which has that name then.</summary>
    internal void Shift(string keyword) => (_skip, _read, Keyword) = (_skip + 1, Math.Max(0, _read - 1), keyword);

    /// <summary>What the section's proxy starts from; null when there is none.</summary>
    public ProxyConfig? Parent { get; internal set; }

    /// <summary>Lines of the section that count once: true from the second on.</summary>
    public bool IsRepeated(string line) => !_once.Add(line);

    private readonly HashSet<string> _once = [];

    internal void BeginSection() => _once.Clear();

    public SectionKinds Section { get; internal set; }
    public string SectionWord { get; internal set; } = "";
    public SourcePosition Position { get; internal set; }

    /// <summary>"default-server" of the section so far.</summary>
    public ServerConfig DefaultServer { get; internal set; } = new();

    /// <summary>The keyword as written: "timeout client".</summary>
    public string Keyword { get; private set; } = "";

    /// <summary>"no" stood before it.</summary>
    public bool IsNo { get; private set; }

    internal void Begin(List<Word> words, int skip, string keyword, bool isNo)
    {
        _words = words;
        _skip = skip;
        _read = 0;
        Keyword = keyword;
        IsNo = isNo;
    }

    /// <summary>Arguments behind the keyword.</summary>
    public int Count => _words.Count - _skip;
    public string this[int i]
    {
        get
        {
            _read = Math.Max(_read, i + 1);
            return i < Count ? _words[_skip + i].Text : "";
        }
    }

    public ReadOnlySpan<Word> Arguments
    {
        get
        {
            _read = int.MaxValue;
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_words)[_skip..];
        }
    }

    /// <summary>Arguments up to here have been looked at.</summary>
    private int _read;

    /// <summary>Nothing is skipped in silence: complains of the first argument that the directive's parser never looked at.</summary>
    internal void RefuseUnread()
    {
        if (_read < Count)
            Error($"'{Keyword}' cannot handle unexpected argument '{_words[_skip + _read].Text}'.", _words[_skip + _read].Text);
    }

    public void Error(string message, string word = "") => Diagnostics.Error(Position, message, word);

    public void Warning(string message, string word = "") => Diagnostics.Warning(Position, message, word);

    /// <summary>COMPAT: of what can be said once only the first line counts, and the second is an alert that refuses nothing. True for such
    /// a second line.</summary>
    public bool IsRepeated(bool given, string? what = null)
    {
        if (!given)
            return false;
        _read = int.MaxValue;
        Diagnostics.Add(
            new Diagnostic(Severity.Alert, Position, $"{what ?? $"'{Keyword}'"} already specified. Continuing.", Keyword)
            {
                Continues = true,
            }
        );
        return true;
    }

    /// <summary>Complains when there are fewer or more arguments than allowed.</summary>
    public bool Expect(int min, int max, string what)
    {
        // an empty word, as an unset variable gives it, is a missing one
        bool missing = Count < min;
        for (int i = 0; i < min && !missing; i++)
            missing = this[i].Length == 0;
        if (missing)
        {
            Error($"'{Keyword}' expects {what}.", Keyword);
            return false;
        }
        if (Count > max)
        {
            Error($"'{Keyword}' cannot handle unexpected argument '{this[max]}'.", this[max]);
            return false;
        }
        return true;
    }

    public bool Integer(int i, int min, int max, out int value)
    {
        value = 0;
        if (i >= Count)
        {
            Error($"'{Keyword}' expects an integer argument.", Keyword);
            return false;
        }
        if (int.TryParse(this[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max)
            return true;
        Error($"'{Keyword}' expects an integer between {min} and {max}, got '{this[i]}'.", this[i]);
        return false;
    }

    /// <summary>A time in milliseconds (default unit ms unless told otherwise).</summary>
    public bool Time(int i, out int ms, TimeUnit unit = TimeUnit.Millisecond)
    {
        ms = 0;
        if (i >= Count)
        {
            Error($"'{Keyword}' expects an integer value (in milliseconds).", Keyword);
            return false;
        }
        string? error = UnitParser.Time(this[i], unit, out long value);
        if (error is null && value <= int.MaxValue)
        {
            ms = (int)value;
            return true;
        }
        if (error is null or UnitParser.Overflow)
            Error($"timer overflow in argument '{this[i]}' to '{Keyword}' (maximum value is 2147483647 ms or ~24.8 days)", this[i]);
        else
            Error($"{error} in '{Keyword}'", this[i]);
        return false;
    }

    public bool Size(int i, out int bytes)
    {
        bytes = 0;
        if (i >= Count)
        {
            Error($"'{Keyword}' expects a size.", Keyword);
            return false;
        }
        string? error = UnitParser.Size(this[i], out long value);
        if (error is null && value <= int.MaxValue)
        {
            bytes = (int)value;
            return true;
        }
        Error($"'{Keyword}' : {error ?? "value too large"} '{this[i]}'.", this[i]);
        return false;
    }

    public AddressConfig? Address(string text, AddressUse use)
    {
        AddressConfig? address = AddressParser.Parse(text, use, out string error);
        if (address is null)
            Error($"'{Keyword}' : {error}", text);
        return address;
    }
}
