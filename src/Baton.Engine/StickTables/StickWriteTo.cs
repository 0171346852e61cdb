// "write-to": what peers say of one table is written into another one too, so that rules here may use what other machines have decided
// (which server a session is on) without sharing what they count.
using System;
using Baton.Configuration.Model;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: the worker of the peers section.</summary>
internal sealed class StickWriteTo
{
    /// <summary>COMPAT: what is set, and nothing that adds up: a count of another machine would grow without end with ours.</summary>
    private static readonly StickDataType[] s_written =
    [
        StickDataType.ServerId,
        StickDataType.ServerKey,
        StickDataType.Gpt0,
        StickDataType.Gpt,
    ];

    private readonly StickTableState _into;
    private readonly StickEntryCopy _copy;
    private readonly StickDataConfig[] _both;

    public StickWriteTo(StickTableConfig from, StickTableState into)
    {
        (_into, _copy) = (into, new StickEntryCopy(into));
        _both = from.Data.FindAll(d => Array.IndexOf(s_written, d.Type) >= 0 && into.Config.Find(d.Type) is not null).ToArray();
    }

    /// <summary>An entry was heard of: the other table has it from now on, used now.</summary>
    public void Take(StickEntryCopy heard, long nowMs)
    {
        _copy.Begin(heard.Key);
        foreach (StickDataConfig data in _both)
        {
            if (!heard.Has(data.Type))
                continue;
            if (data.Kind.Form == StickDataForm.Text)
                _copy.SetText(data.Type, heard.Text(data.Type));
            else
                for (int i = Math.Min(data.Count, _into.Config.Find(data.Type)!.Count) - 1; i >= 0; i--)
                    _copy.SetNumber(data.Type, i, heard.Number(data.Type, i));
        }
        _into.Learn(_copy, fromPeer: true, nowMs);
    }
}
