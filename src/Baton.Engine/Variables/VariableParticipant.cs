// Handover of the variables of scope "proc", whoever set them. One that still has the value its file gave it follows the file.
using System;
using System.Collections.Generic;
using System.IO.Hashing;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Engine.Samples;

namespace Baton.Engine.Variables;

public sealed class VariableParticipant : IAuthoritativeParticipant
{
    /// <summary>A hash of what was told of each variable, by its index; 0 for nothing.</summary>
    private ulong[] _told = [];
    private VariableName[] _names = [];
    private byte[] _scratch = [];
    private int _next;

    public string Name => "proc-variables";
    public int Version => 1;

    public void Begin(EngineState engine)
    {
        _names = [.. engine.Config.Variables.Snapshot()];
        _scratch = new byte[engine.Config.Global.BufferSize];
        _next = 0;
        int last = -1;
        foreach (VariableName name in _names)
            last = Math.Max(last, name.Index);
        Array.Resize(ref _told, last + 1);
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _next < _names.Length; _next++)
        {
            if (into.Length - before >= room)
                return true;
            if (_names[_next].Scope == VariableScope.Process)
                WriteOne(engine, into, _names[_next]);
        }
        return into.Length > before;
    }

    private void WriteOne(EngineState engine, FrameWriter into, VariableName name)
    {
        int start = into.Length,
            record = into.BeginRecord();
        into.Text(name.Text);
        int first = into.Length;
        into.Blob(engine.ConfiguredVariables.GetValueOrDefault(name.Text));
        int now = into.Length;
        // a variable that is not set (any more) has an empty image
        int image = into.BeginRecord();
        SampleValue value = default;
        if (engine.ProcessVariables.TryGet(name.Index, _scratch, ref value))
            WriteImage(into, value);
        into.EndRecord(image);
        into.EndRecord(record);
        ulong hash = XxHash3.HashToUInt64(into.Written[now..]) | 1;
        bool asInFile = into.Written[first..now].SequenceEqual(into.Written[now..]);
        if (asInFile && _told[name.Index] == 0 || _told[name.Index] == hash)
            into.Truncate(start);
        else
            _told[name.Index] = hash;
    }

    /// <summary>The values right after the start, as the file gives them.</summary>
    public static Dictionary<string, byte[]> Configured(EngineState engine)
    {
        var values = new Dictionary<string, byte[]>();
        byte[] scratch = new byte[engine.Config.Global.BufferSize];
        foreach (VariableName name in engine.Config.Variables.Snapshot())
        {
            SampleValue value = default;
            if (name.Scope == VariableScope.Process && engine.ProcessVariables.TryGet(name.Index, scratch, ref value))
                values[name.Text] = Image(value);
        }
        return values;
    }

    private static byte[] Image(scoped in SampleValue value)
    {
        var w = new FrameWriter();
        WriteImage(w, value);
        return w.Written.ToArray();
    }

    private static void WriteImage(FrameWriter w, scoped in SampleValue value)
    {
        w.Byte((byte)value.Type);
        w.Int64(value.Number);
        value.Address.WriteTo(w);
        w.Blob(value.HasText ? value.Text : default);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string text = r.Text();
            ReadOnlySpan<byte> first = r.Blob(),
                now = r.Blob();
            if (r.IsShort || engine.Config.Variables.Resolve(text, out _) is not { Scope: VariableScope.Process } name)
                continue;
            if (!first.SequenceEqual(engine.ConfiguredVariables.GetValueOrDefault(text) ?? []))
                continue;
            if (now.IsEmpty)
            {
                engine.ProcessVariables.Unset(name.Index);
                continue;
            }
            var image = new FrameReader(now);
            SampleValue value = default;
            value.Type = (SampleType)image.Byte();
            value.Number = image.Int64();
            value.Address = SocketAddress.ReadFrom(ref image);
            value.Text = image.Blob();
            if (!image.IsShort)
                engine.ProcessVariables.Set(name.Index, value);
        }
    }
}
