import CKernels
import Foundation
import NeuralNetworks
import Testing

/// The roofs: figures that can be divided by, from loops that do what they are counted for.
@Suite struct MachineLimitsTests {
    @Test("Every figure is positive and finite, and comes back from JSON")
    func figures() throws {
        let limits = MachineLimits.measure(threads: 2, tries: 1, megabytes: 2)
        let rates = [limits.f32, limits.read, limits.triad] + [limits.bf16, limits.bytes].compactMap { $0 }
        for figure in rates.flatMap({ [$0.oneThread, $0.allThreads] }) { #expect(figure > 0 && figure.isFinite) }
        #expect(limits.threads == 2)
        #expect(!limits.kernels.isEmpty)
        #expect(try JSONDecoder().decode(MachineLimits.self, from: JSONEncoder().encode(limits)) == limits)
    }

    @Test("Products of lower precision count where the processor has them, and nowhere else")
    func products() {
        let best = ck_best_level()
        #expect((ck_limit_products(best, CK_PRODUCTS_BF16, 1) > 0) == (ck_has_bf16_products() != 0))
        #expect((ck_limit_products(best, CK_PRODUCTS_BYTES, 1) > 0) == (ck_has_byte_products() != 0))
        for products in [CK_PRODUCTS_BF16, CK_PRODUCTS_BYTES] {
            #expect(ck_limit_products(CK_LEVEL_BASELINE, products, 1) == 0)
        }
    }

    @Test("Wider registers do more with each step, at every level of this processor")
    func levels() {
        let levels = [CK_LEVEL_BASELINE, CK_LEVEL_AVX2, CK_LEVEL_AVX512].filter {
            $0.rawValue <= ck_best_level().rawValue
        }
        let operations = levels.map { ck_limit_products($0, CK_PRODUCTS_F32, 10) }
        #expect(operations[0] > 0)
        for (narrow, wide) in zip(operations, operations.dropFirst()) { #expect(narrow < wide) }
    }

    @Test("The triad is one, and the reading reads everything")
    func memory() {
        let count = 640
        let x = (0..<count).map { Float($0 % 7) }
        let z = (0..<count).map { Float($0 % 5) }
        var y = [Float](repeating: -1, count: count)
        ck_limit_triad(x, z, 0.5, &y, Int64(count))
        for index in 0..<count { #expect(y[index] == x[index] + 0.5 * z[index]) }
        #expect(ck_limit_read(x, Int64(count)) == x.reduce(0, +))
    }
}
