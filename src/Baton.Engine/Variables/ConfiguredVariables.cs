// "set-var" and "set-var-fmt" of the global section: evaluated once, when the engine is built, with no stream to ask.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Loop;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Variables;

internal static class ConfiguredVariables
{
    /// <summary>Sets them in order, so that one may use those before it. Calls <paramref name="failed"/> for each that has no
    /// value.</summary>
    public static void Set(Worker worker, Action<ProcessVariableConfig> failed)
    {
        SessionStream stand = worker.SessionStream;
        stand.Attach(worker);
        Span<byte> scratch = new byte[2 * worker.Engine.Config.Global.BufferSize];
        foreach (ProcessVariableConfig variable in worker.Engine.Config.Global.ProcessVariables)
        {
            SampleValue value = default;
            bool known = true;
            if (variable.Sample is { } sample)
                known = sample.Evaluate(stand, -1, scratch, ref value);
            else
                value.SetText(scratch[..new FormattedText(variable.Format!, FormatUse.Variable).Write(stand, scratch)]);
            if (!known || !VariableAccess.Set(stand, variable.Variable, value))
                failed(variable);
        }
    }
}
