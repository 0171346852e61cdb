// Every figure and every interval of a run, for machines.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;
using Baton.Lab.Runs;

namespace Baton.Lab.Reports;

internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Write(string file, LabOptions options, IReadOnlyList<CaseResult> results) =>
        File.WriteAllText(
            file,
            JsonSerializer.Serialize(
                new
                {
                    At = DateTime.UtcNow,
                    Machine.Kernel,
                    Machine.Processor,
                    Machine.Cores,
                    Baton = Machine.Version(options.BatonProgram),
                    Haproxy = Machine.Version(options.HaproxyProgram),
                    options.Rate,
                    options.ReloadsPerSecond,
                    options.DurationSeconds,
                    Pin = options.Together ? "together" : "apart",
                    Results = results,
                },
                Style
            )
        );
}
