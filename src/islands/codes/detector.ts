export interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const FORMATS = ['qr_code', 'code_128', 'code_39'] as const;

/**
 * The browser's own detector of QR and bar codes, else ZXing as WebAssembly from this service, loaded only when it is needed.
 * @param wasm its address
 */
export async function openDetector(wasm: string): Promise<Detector> {
  const native = (window as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (native !== undefined) {
    const formats = await native.getSupportedFormats();
    if (formats.includes('qr_code'))
      return new native({ formats: FORMATS.filter((one) => formats.includes(one)) });
  }
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill');
  // Its own default is a foreign server.
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats: [...FORMATS] });
}
