// capture-req(id) and capture-res(id): a sample kept in a capture slot in the middle of an expression (manual 7.3.1).
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;

namespace Baton.Engine.Samples.Converters;

internal static class CaptureConverters
{
    /// <summary>The sample passes through as text; a slot that is not there is no sample.</summary>
    private static SampleConverter Row(string name, string summary, Func<CaptureLayout, CaptureSlot[]> slots) =>
        new()
        {
            Name = name,
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = summary,
            Convert = (a, m, ref v) => false,
            ConvertOn = (s, a, m, ref v) =>
            {
                CaptureSlot[] all = s.Frontend.Captures is { } layout ? slots(layout) : [];
                if (a[0].Number < 0 || a[0].Number >= all.Length)
                    return false;
                s.Captures.Keep(all[a[0].Number], v.Text);
                return true;
            },
            Arguments = [new(ArgumentKind.Integer, "id")],
        };

    internal static readonly SampleConverter[] Rows =
    [
        Row("capture-req", "kept in a capture slot of the request", layout => layout.Request),
        Row("capture-res", "kept in a capture slot of the response", layout => layout.Response),
    ];
}
