// The line an agent answers with: words between blanks and commas, in any order and any case, and perhaps a description behind a "#".
// COMPAT: which word of several counts, and what is said of words that are none.
using System;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

/// <summary>What an agent wants of its server; null where it does not say.</summary>
public sealed class AgentWords
{
    private const string MaxConnWord = "maxconn:";
    private string? _status,
        _error,
        _warning;
    private string _description = "";

    private AgentWords() { }

    public Func<AdminState, AdminState>? Order { get; private set; }
    public int? Weight { get; private set; }
    public int? MaxConn { get; private set; }

    /// <summary>"up" is <see cref="CheckStatus.Layer7Ok"/>, "down" and its kin are <see cref="CheckStatus.Layer7Status"/>; without any it
    /// is <see cref="CheckStatus.Checked"/>.</summary>
    public CheckStatus Status { get; private set; } = CheckStatus.Checked;

    /// <param name="configuredWeight">What percentages are of.</param>
    public static AgentWords Parse(string line, int configuredWeight)
    {
        var words = new AgentWords();
        int at = 0;
        while (at < line.Length)
        {
            if (line[at] is ' ' or '\t' or ',')
            {
                at++;
                continue;
            }
            if (line[at] == '#')
            {
                words._description = line[(at + 1)..].TrimStart(' ', '\t');
                break;
            }
            int end = line.AsSpan(at).IndexOfAny(' ', '\t', ',');
            end = end < 0 ? line.Length : at + end;
            words.Take(line[at..end], configuredWeight);
            at = end;
        }
        return words;
    }

    private void Take(string word, int configuredWeight)
    {
        switch (word.ToLowerInvariant())
        {
            case "up":
                (Status, _status) = (CheckStatus.Layer7Ok, word);
                break;
            case "down" or "fail" or "stopped":
                (Status, _status) = (CheckStatus.Layer7Status, word);
                break;
            case "ready":
                Order = AdminOrders.Ready;
                break;
            case "drain":
                Order = AdminOrders.Drain;
                break;
            case "maint":
                Order = AdminOrders.Maintain;
                break;
            case var limit when limit.StartsWith(MaxConnWord, StringComparison.Ordinal):
                string? fault = ServerValues.MaxConn(word[MaxConnWord.Length..], out int maxConn);
                _warning ??= fault;
                MaxConn = fault is null ? maxConn : null;
                break;
            case var weight when char.IsAsciiDigit(weight[0]) && weight.Contains('%'):
                fault = ServerValues.Weight(word, configuredWeight, out int share);
                _warning ??= fault;
                Weight = fault is null ? share : null;
                break;
            default:
                _error ??= word;
                break;
        }
    }

    /// <summary>What there is to say of it (show stat: last_agt).</summary>
    public string Info
    {
        get
        {
            if (_status is null)
                return _error is not null ? $"agent reports an error : {_error}"
                    : _warning is not null ? $"agent warns : {_warning}"
                    : "";
            string about = _description.Length > 0 ? _description : _error ?? _warning ?? "";
            return about.Length > 0 ? $"via agent : {_status} ({about})" : $"via agent : {_status}";
        }
    }
}
