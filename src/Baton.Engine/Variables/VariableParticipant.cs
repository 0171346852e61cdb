// Handover of the variables of scope "proc", whoever set them. One that still has the value its file gave it follows the file.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Engine.Samples;

namespace Baton.Engine.Variables;

public sealed class VariableParticipant : IAuthoritativeParticipant
{
    private readonly ToldRecords _told = new();
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
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _next < _names.Length; _next++)
        {
            if (into.Length - before >= room) return true;
            VariableName name = _names[_next];
            if (name.Scope != VariableScope.Process) continue;
            SampleValue value = default;
            // a variable that is not set (any more) has an empty image
            byte[] now = engine.ProcessVariables.TryGet(name.Index, _scratch, ref value) ? Image(value) : [];
            byte[] first = engine.ConfiguredVariables.GetValueOrDefault(name.Text) ?? [];
            if (now.AsSpan().SequenceEqual(first) && !_told.Contains(name)) continue;
            int start = into.Length;
            int record = into.BeginRecord();
            into.Text(name.Text);
            into.Blob(first);
            into.Blob(now);
            into.EndRecord(record);
            _told.Keep(name, into, start);
        }
        return into.Length > before;
    }

    /// <summary>The values right after the start, as the file gives them.</summary>
    public static Dictionary<string, byte[]> Configured(EngineState engine)
    {
        var values = new Dictionary<string, byte[]>();
        byte[] scratch = new byte[engine.Config.Global.BufferSize];
        foreach (VariableName name in engine.Config.Variables.Snapshot())
        {
            SampleValue value = default;
            if (name.Scope == VariableScope.Process && engine.ProcessVariables.TryGet(name.Index, scratch, ref value)) values[name.Text] = Image(value);
        }
        return values;
    }

    private static byte[] Image(scoped in SampleValue value)
    {
        var w = new FrameWriter();
        w.Byte((byte)value.Type);
        w.Int64(value.Number);
        value.Address.WriteTo(w);
        w.Blob(value.HasText ? value.Text : default);
        return w.Written.ToArray();
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string text = r.Text();
            ReadOnlySpan<byte> first = r.Blob(), now = r.Blob();
            if (r.IsShort || engine.Config.Variables.Resolve(text, out _) is not { Scope: VariableScope.Process } name) continue;
            if (!first.SequenceEqual(engine.ConfiguredVariables.GetValueOrDefault(text) ?? [])) continue;
            if (now.IsEmpty) { engine.ProcessVariables.Unset(name.Index); continue; }
            var image = new FrameReader(now);
            SampleValue value = default;
            value.Type = (SampleType)image.Byte();
            value.Number = image.Int64();
            value.Address = SocketAddress.ReadFrom(ref image);
            value.Text = image.Blob();
            if (!image.IsShort) engine.ProcessVariables.Set(name.Index, value);
        }
    }
}
